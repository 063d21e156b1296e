import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Handler } from "../../gateway-core/contract/web.ts";
import { TwoRungStream } from "../fakes/two-rung-stream.ts";
import { codeOf, cookiesOf, type Joined, number, openRig, password, type Rig } from "./rig.ts";
import { openStream, openWithVideo, sessionOf, watchStream } from "./stream-viewer.ts";

/** The octets of a fragment of the better rung, and of the other. */
const [high, low] = [Buffer.alloc(400, 1), Buffer.alloc(100, 2)];

describe("Streams of a home", () => {
  let rig: Rig;
  let home: Joined;
  let stream: TwoRungStream;
  /** Another for each test: what lingers of one is not in the way of the next. */
  let device = "deck-0";
  let decks = 0;
  let cookie: string;
  const relayed: string[] = [];
  const page: Handler = async (request) => {
    relayed.push(new URL(request.url).pathname);
    return new Response("page");
  };
  beforeAll(async () => {
    rig = await openRig();
    const open = async (asked: string) => {
      if (asked !== device) throw new HomeError("unknown-device", `no device ${asked} is known`, { device: asked });
      return stream.hold();
    };
    home = await rig.join(page, number, undefined, undefined, { open });
    await subscribe({ ...rig.provider, number, user: "taro", password, isOneTime: false });
  });
  beforeEach(async () => {
    device = `deck-${++decks}`;
    stream = new TwoRungStream();
    cookie = await rig.logIn();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const begin = async (): Promise<string> => sessionOf(await openStream(rig, cookie, device));
  const isQuiet = (): unknown => [stream.followers, stream.holds];

  it("reach a viewer by a link of their own, from the newest whole picture on, with what a player must know", async () => {
    stream.play(0, 2);
    const opened = await openStream(rig, cookie, device);
    expect([opened.status, JSON.parse(opened.text).rungs]).toEqual([201, stream.rungs]);
    const watched = await watchStream(rig, cookie, sessionOf(opened));
    expect([watched.status, watched.head.headers["content-type"]]).toEqual([
      200,
      'video/mp4; codecs="avc1.4d401e, mp4a.40.2"',
    ]);
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    stream.play(2, 3);
    await expect.poll(() => watched.length).toBe(1 + 4 * 400);
    expect(watched.octets()).toEqual(Buffer.concat([Buffer.of(0xf0), high, high, high, high]));
    const fixed = await watchStream(rig, cookie, sessionOf(opened), "?rung=low");
    await expect.poll(() => fixed.octets()).toEqual(Buffer.concat([Buffer.of(0xf1), low, low]));
    // Nothing of it went by the data link.
    expect(relayed.filter((path) => path.includes("stream"))).toEqual([]);
    await rig.ask(`/api/streams/${sessionOf(opened)}`, { method: "DELETE", headers: { cookie } });
    await Promise.all([watched.ended, fixed.ended]);
  });

  it("come with their session in one answer, judged as two were, and end with their viewer", async () => {
    const refused = await openWithVideo(rig, "__Host-genkan=nobody", device);
    expect(refused.status).toBe(401);
    const watched = await openWithVideo(rig, cookie, device);
    expect([watched.status, watched.head.headers["content-type"]]).toEqual([201, "video/mp4"]);
    // There is no picture yet: the head was not waited for.
    expect(watched.length).toBe(0);
    stream.play(0, 1);
    await expect.poll(() => watched.octets()).toEqual(Buffer.concat([Buffer.of(0xf0), high, high]));
    const session = watched.head.headers.location ?? "";
    expect((await rig.ask(session, { headers: { cookie } })).status).toBe(200);
    const opened = (await rig.audit()).filter(({ event }) => event === "stream-opened");
    expect(opened.map(({ facts }) => facts["device"])).toContain(device);
    await rig.ask(session, { method: "DELETE", headers: { cookie } });
    await watched.ended;
    await expect.poll(isQuiet).toEqual([0, 0]);
  });

  it("are sent by the home once however many watch, and no more a second after the last has left", async () => {
    stream.play(0, 1);
    const sessions = await Promise.all([begin(), begin(), begin()]);
    const all = await Promise.all(sessions.map((session) => watchStream(rig, cookie, session)));
    for (const one of all) await expect.poll(() => one.length).toBe(1 + 2 * 400);
    expect([stream.followers, stream.opened]).toEqual([1, 1]);
    const figures = async (): Promise<string> => (await fetch(`${rig.operator}/metrics`)).text();
    // What others watched before ends within its second.
    await expect.poll(figures, { timeout: 5_000 }).toMatch(/genkan_streams 1\n[\s\S]*genkan_stream_viewers 3\n/);
    stream.play(1, 2);
    for (const one of all) await expect.poll(() => one.length).toBe(1 + 4 * 400);
    for (const session of sessions) {
      const { status } = await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
      expect(status).toBe(204);
    }
    await expect.poll(isQuiet).toEqual([0, 0]);
    expect(await Promise.all(all.map(({ ended }) => ended))).toHaveLength(3);
    const { text } = await rig.ask(`/api/streams/${sessions[0]}`, { headers: { cookie } });
    expect(JSON.parse(text).code).toBe("not-found");
  });

  it("are HLS too", async () => {
    stream.play(0, 5);
    const session = await begin();
    const get = (path: string) => rig.ask(`/api/streams/${session}/${path}`, { headers: { cookie } });
    expect((await get("index.m3u8")).text).toContain("high/index.m3u8");
    const playlist = get("low/index.m3u8");
    // Segments begin with the shelf: three of them make a playlist.
    await expect.poll(() => stream.followers).toBe(2);
    for (let at = 5; at < 10; at++) stream.play(at, at + 1);
    const [, segment = ""] = /^(\d+\.m4s)$/m.exec((await playlist).text) ?? [];
    expect((await get("low/init.mp4")).headers["content-type"]).toBe("video/mp4");
    expect((await get(`low/${segment}`)).status).toBe(200);
    // They are over with their session, not only when nothing was asked for so long that its viewer must have gone.
    await rig.ask("/logout", { method: "POST", headers: { cookie } });
    await expect.poll(isQuiet, { timeout: 5_000 }).toEqual([0, 0]);
  });

  it("are refused with the home's own reason, its values with it, and nothing stays open", async () => {
    const answer = await openStream(rig, cookie, "other");
    expect([answer.status, codeOf(answer)]).toEqual([404, "unknown-device"]);
    await expect.poll(isQuiet).toEqual([0, 0]);
  });

  it("end for their viewers with the reason of the home, and may be had again", async () => {
    stream.play(0, 1);
    const session = await begin();
    const watched = await watchStream(rig, cookie, session);
    await expect.poll(() => watched.length).toBeGreaterThan(800);
    stream.end(new HomeError("device-unavailable", "unplugged"));
    await watched.ended;
    const after = await rig.ask(`/api/streams/${session}`, { headers: { cookie } });
    expect([after.status, codeOf(after)]).toEqual([503, "device-unavailable"]);
    stream = new TwoRungStream();
    stream.play(0, 1);
    const again = await watchStream(rig, cookie, await begin());
    await expect.poll(() => again.length).toBe(1 + 2 * 400);
    again.leave();
  });

  const asGuest = async (): Promise<string> => {
    const answer = await rig.ask("/login", { form: { user: "taro", password } });
    return cookiesOf(answer);
  };
  const byOwner = async (deed: string, json: object): Promise<void> => {
    const { status } = await rig.ask(`/account/people/${deed}`, { json, headers: { cookie } });
    expect(status).toBeLessThan(400);
  };

  it.each([
    ["they are suspended", () => byOwner("suspend", { user: "taro" })],
    [
      "their grant ends",
      () => byOwner("grant", { user: "taro", role: "guest", grant: { devices: { [device]: { access: "control" } } } }),
    ],
  ])("are cut for a guest when %s, and refused from that moment on", async (_, happens) => {
    stream.play(0, 1);
    const guest = await asGuest();
    const session = sessionOf(await openStream(rig, guest, device));
    const watched = await watchStream(rig, guest, session);
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    await happens();
    expect((await openStream(rig, guest, device)).status).toBeGreaterThanOrEqual(401);
    expect((await rig.ask(`/api/streams/${session}`, { headers: { cookie: guest } })).status).toBeGreaterThanOrEqual(
      401,
    );
    await watched.ended;
    stream.play(1, 2);
    await expect.poll(isQuiet).toEqual([0, 0]);
    expect(watched.length).toBe(1 + 2 * 400);
    await byOwner("resume", { user: "taro" });
  });

  it("stand in the audit, with how much was sent", async () => {
    stream.play(0, 1);
    const session = await begin();
    const watched = await watchStream(rig, cookie, session);
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    await openStream(rig, cookie, "other");
    await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
    const told = async () =>
      (await rig.audit()).filter(({ event }) => event.startsWith("stream-")).map(({ event, facts }) => [event, facts]);
    await expect.poll(told).toEqual(
      expect.arrayContaining([
        ["stream-opened", { device }],
        ["stream-refused", { device: "other", reason: "unknown-device" }],
        ["stream-ended", expect.objectContaining({ device, reason: "left" })],
      ]),
    );
  });

  it.each([
    ["their session ends", async () => void (await rig.ask("/logout", { method: "POST", headers: { cookie } }))],
    ["their home goes", () => home[Symbol.asyncDispose]()],
  ])("are cut when %s", async (_, happens) => {
    stream.play(0, 1);
    const watched = await watchStream(rig, cookie, await begin());
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    await happens();
    await watched.ended;
    stream.play(1, 2);
    await expect.poll(isQuiet).toEqual([0, 0]);
    expect(watched.length).toBe(1 + 2 * 400);
  });
});
