/** A link that is bound to an interface, and one that lets only some things pass, at a real access broker. */

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { issueCard } from "../../access-broker/access-broker.ts";
import { openAccess } from "../../gateway-core/access-link/access.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { localEndOf } from "../../gateway-core/access-link/link-interface.ts";
import type { LinkRules } from "../../gateway-core/access-link/link-rules.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { createLivePage } from "../../gateway-core/page/live-page.ts";
import { createPageFeed } from "../../gateway-core/page/page-feed.ts";
import { createPageHandler } from "../../gateway-core/page/page-handler.ts";
import { systemClock } from "../../host/system-host.ts";
import { FakeControl } from "../fakes/fake-control.ts";
import { wholeHome } from "../fakes/page-home.ts";
import { number, openRig, type Rig, realHost, untilState } from "./rig.ts";

const patience = { timeout: 15_000 };
let rig: Rig;
let opened = new AsyncDisposableStack();
beforeAll(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});
afterAll(async () => rig?.[Symbol.asyncDispose]());

describe("A link that is bound to an interface", () => {
  it("begins there, enrolling too, follows the interface's address, and goes no other way without one", async () => {
    const after: typeof systemClock.after = (ms, action) => systemClock.after(ms === 5_000 ? 50 : ms, action);
    const host = { ...realHost(), clock: { now: systemClock.now, after } };
    let localAddress = "127.0.0.2";
    const from = () => {
      if (localAddress === "") throw new HomeError("home-away", "no address now");
      return { localAddress, family: 4 } as const;
    };
    const registration = await enrol(await issueCard({ ...rig.provider, number }), host, from);
    const link = opened.use(openAccessLink({ host, registration, handler: async () => new Response("page"), from }));
    await untilState(link, "online");
    const sourcesOf = async (event: string) =>
      (await rig.audit()).filter((entry) => entry.event === event).map(({ source }) => source);
    await expect.poll(() => sourcesOf("gateway-enrolled")).toEqual(["127.0.0.2"]);
    await expect.poll(() => sourcesOf("home-online")).toEqual(["127.0.0.2"]);
    localAddress = "127.0.0.3";
    await expect.poll(() => sourcesOf("home-online")).toEqual(["127.0.0.3", "127.0.0.2"]);
    localAddress = "";
    await untilState(link, "offline");
    await pause(300);
    expect(link.state).not.toBe("online");
    expect(await sourcesOf("home-online")).toHaveLength(2);
  });
});

describe("A link that is bound to none", () => {
  it("stands, however often its interface is looked after", async () => {
    let looks = 0;
    const after: typeof systemClock.after = (ms, action) => {
      if (ms !== 5_000) return systemClock.after(ms, action);
      looks++;
      return systemClock.after(20, action);
    };
    const host = { ...realHost(), clock: { now: systemClock.now, after } };
    const registration = await enrol(await issueCard({ ...rig.provider, number }), host);
    const from = localEndOf(undefined);
    const link = opened.use(openAccessLink({ host, registration, handler: async () => new Response("page"), from }));
    await untilState(link, "online");
    const states: string[] = [];
    link.onState((state) => states.push(state));
    const begun = looks;
    await expect.poll(() => looks - begun).toBeGreaterThan(5);
    expect([link.state, states]).toEqual(["online", []]);
  });
});

describe("A home that lets only some things pass its link", () => {
  async function homeWith(rules: LinkRules) {
    const host = realHost();
    await enrol(await issueCard({ ...rig.provider, number }), host);
    const control = new FakeControl();
    const live = createLivePage({ host });
    const feed = createPageFeed({ host });
    live.onEvent((event) => feed.receive(event));
    live.receive({ type: "snapshot", devices: wholeHome() });
    const handler = createPageHandler({
      ...{ feed, control, things: wholeHome, describe: () => ({}), assets: "/nowhere", host },
      ...{ version: "1.0.0", search: () => undefined },
      arrange: () => {
        throw new Error("nothing is arranged here");
      },
    });
    const access = opened.use(
      openAccess({
        ...{ host, isEnabled: true, rules, cards: { file: undefined, folders: [] } },
        gateway: { model: "test", version: "1.0.0" },
        handlerAt: () => handler,
        parse: () => {
          throw new Error("nobody answers here");
        },
        onDescriptor: () => undefined,
        onCommand: () => undefined,
      }),
    );
    access.setPage(true);
    await vi.waitFor(() => expect(access.state).toBe("online"), patience);
    const cookie = await rig.logIn();
    const look = () => rig.ask("/api/home", { headers: { cookie } });
    const change = () =>
      rig.ask("/api/devices/lamp/properties/power", { method: "PUT", headers: { cookie }, json: false });
    return { control, look, change };
  }

  it("by direction: out alone is looking and no changing", async () => {
    const { control, look, change } = await homeWith([{ direction: "out" }]);
    expect((await look()).status).toBe(200);
    const { status, text } = await change();
    expect([status, JSON.parse(text).code, control.asked]).toEqual([403, "view-only", []]);
  });

  it("by content: topics alone is no page, also for a broker that asks all the same", async () => {
    const { control, look, change } = await homeWith([{ content: "topics" }]);
    expect([(await look()).status, (await change()).status]).not.toContain(200);
    expect(control.asked).toEqual([]);
  });

  it("as one set: the page both ways, and it is as ever", async () => {
    const { control, look, change } = await homeWith([{ content: "page" }]);
    expect([(await look()).status, (await change()).status, control.asked.length]).toEqual([200, 200, 1]);
  });
});
