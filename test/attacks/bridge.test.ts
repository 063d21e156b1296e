/** The bridge between a home and its access broker over breaks of the link: what is lost, what comes late, what is done twice: nothing that matters. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AccessLink, openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { number, openRig, type Rig, untilState } from "../access-broker/rig.ts";
import { type HomeBehind, openHomeBehind } from "./home-behind.ts";
import { connectVisitor, makeApp, type Visit } from "./remote-rig.ts";

const patience = { timeout: 15_000 };
const below = `homes/${number}/devices/lamp-1`;
const set = `${below}/properties/brightness/set`;
const path = "/api/devices/lamp-1/properties/brightness";
let rig: Rig;
let home: HomeBehind;
let link: AccessLink;
let visit: Visit;
let dial: () => Promise<AccessLink>;
beforeAll(async () => {
  rig = await openRig();
  home = openHomeBehind();
  const joined = await rig.join(home.handler, number, home.remote);
  link = joined.link;
  dial = async () => {
    const { registration } = joined;
    const again = openAccessLink({ host: home.host, registration, handler: home.handler, remote: home.remote });
    again.setPage(true);
    await untilState(again, "online");
    return again;
  };
  visit = await connectVisitor(rig, await makeApp(rig, number));
  await visit.client.subscribeAsync(`homes/${number}/#`, { qos: 1 });
  await vi.waitFor(() => expect(visit.heard.get(`${below}/properties/brightness`)).toBe("40"), patience);
});
afterAll(async () => {
  visit?.client.end(true);
  await link?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
  await home?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  home.lamp.sent.length = 0;
  visit.heard.delete(`${below}/result`);
});

const command = (payload: unknown): Promise<unknown> =>
  visit.client.publishAsync(set, JSON.stringify(payload), { qos: 1 });
const result = async (): Promise<unknown> =>
  vi.waitFor(() => {
    const told = visit.heard.get(`${below}/result`);
    if (told === undefined) throw new Error("no result yet");
    visit.heard.delete(`${below}/result`);
    return JSON.parse(told);
  }, patience);

describe("While the link is away", () => {
  it("a command is answered at once, and never done: not when the link is back, not later", async () => {
    await link[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(visit.heard.get(`homes/${number}/status`)).toBe("offline"), patience);
    await command({ $id: "stale", value: 90 });
    expect(await result()).toMatchObject({ $id: "stale", ok: false, error: { code: "home-away" } });
    const cookie = await rig.logIn();
    expect((await rig.ask(path, { method: "PUT", headers: { cookie }, json: 91 })).status).toBe(503);
    link = await dial();
    await vi.waitFor(() => expect(visit.heard.get(`homes/${number}/status`)).toBe("online"), patience);
    await command(50);
    expect(await result()).toMatchObject({ ok: true, value: 50 });
    expect(home.lamp.sent).toEqual([{ brightness: 50 }]);
  });

  it("an event of a device waits, and a state is told by its newest value alone", async () => {
    await link[Symbol.asyncDispose]();
    const heard: string[] = [];
    visit.client.on("message", (topic, payload) => heard.push(`${topic.slice(below.length)}=${payload}`));
    home.remote.publish("home/devices/lamp-1/events/flickered", "7", false);
    for (const value of ["60", "61", "62"])
      home.remote.publish("home/devices/lamp-1/properties/brightness", value, true);
    link = await dial();
    await vi.waitFor(() => expect(heard).toContain("/events/flickered=7"), patience);
    await vi.waitFor(() => expect(heard).toContain("/properties/brightness=62"), patience);
    expect(heard.filter((line) => line.startsWith("/properties/brightness"))).toEqual(["/properties/brightness=62"]);
    expect(heard.filter((line) => line.startsWith("/events"))).toEqual(["/events/flickered=7"]);
  });
});

describe("A command", () => {
  it("that comes after its end is not done, though it came by the link in order", async () => {
    await command({ $id: "late", $expires: "2020-01-01T00:00:00Z", value: 10 });
    expect(await result()).toMatchObject({ $id: "late", ok: false, error: { code: "command-expired" } });
    const cookie = await rig.logIn();
    const json = { $id: "later", $expires: "2020-01-01T00:00:00Z", value: 11 };
    const answer = await rig.ask(path, { method: "PUT", headers: { cookie }, json });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([410, "command-expired"]);
    // As the broker bounds it: what was under way for longer than a minute.
    home.execute({
      ...{ id: "old", expires: Date.now() - 1, payload: "12" },
      topic: "home/devices/lamp-1/properties/brightness/set",
    });
    expect(await result()).toMatchObject({ $id: "old", error: { code: "command-expired" } });
    expect(home.lamp.sent).toEqual([]);
  });

  it("has one effect by its id: by MQTT, by HTTP, again, and after the link was away between", async () => {
    const cookie = await rig.logIn();
    const put = () => rig.ask(path, { method: "PUT", headers: { cookie }, json: { $id: "once", value: 33 } });
    await command({ $id: "once", value: 33 });
    expect(await result()).toMatchObject({ $id: "once", ok: true, value: 33 });
    for (let n = 0; n < 2; n++) expect(JSON.parse((await put()).text)).toEqual({ value: 33 });
    await link[Symbol.asyncDispose]();
    link = await dial();
    await vi.waitFor(() => expect(visit.heard.get(`homes/${number}/status`)).toBe("online"), patience);
    visit.heard.delete(`${below}/result`);
    await command({ $id: "once", value: 33 });
    expect(await result()).toMatchObject({ $id: "once", ok: true, value: 33 });
    expect((await put()).status).toBe(200);
    expect(home.lamp.sent).toEqual([{ brightness: 33 }]);
  });
});
