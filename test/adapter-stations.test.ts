import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { Json } from "../gateway-core/contract/json.ts";
import type { StationName } from "../gateway-core/contract/station.ts";
import { createGateway, joints, parseSettings } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import { type OpenBus, openScenarioBus } from "../simulated-home/ieee1394/open-bus.ts";
import { lampEoj, lampObject } from "./echonet/lamp-descriptor.ts";
import { plugIntoUdp } from "./echonet/udp-node.ts";
import { FakeNode } from "./fakes/fake-echonet-node.ts";
import { FakeClock, fakeHost } from "./fakes/fake-host.ts";
import { until } from "./until.ts";

const [own, lamp] = ["127.0.9.61", "127.0.9.62"];
/** The one device of each protocol; other homes on this machine's loopback may be heard too. */
const [light, deck, clip] = ["echonet-127-0-9-62-029001", "ieee1394-0800460102c46a01-tape0", "av-clip"];
const finders = ["discovery:echonet", "discovery:ieee1394", "discovery:av"] as const;

const leaving: (() => unknown)[] = [];
async function leaveAll(): Promise<void> {
  for (const leave of leaving.splice(0).toReversed()) await leave();
}
afterEach(leaveAll);

/** It was there, and its port is free again. */
async function closed(bus: OpenBus): Promise<OpenBus> {
  await bus[Symbol.asyncDispose]();
  return bus;
}

/** Another program at the gateway's ECHONET Lite port; returns how it ends. */
async function takePort(): Promise<() => void> {
  const socket = createSocket("udp4").bind(3610, own);
  await once(socket, "listening");
  return () => void socket.close();
}

/** Of a gateway what makes devices out of sightings: its own three protocols over real sockets, at a time of the test's own. */
async function setUp(settings: object = {}) {
  const steadyClock = new FakeClock();
  const host = { ...fakeHost(), steadyClock };
  const { clock: dayTime, log } = host;
  const clock = {
    now: () => steadyClock.now(),
    after: (...given: Parameters<FakeClock["after"]>) => steadyClock.after(...given),
    async advance(ms: number): Promise<void> {
      await dayTime.advance(ms);
      await steadyClock.advance(ms);
    },
  };
  const bus = await openScenarioBus({ nodes: [{ model: "dv-deck" }] }, clock, 0);
  const node = new FakeNode(lamp, { [lampEoj]: lampObject() });
  const pull = await plugIntoUdp(node);
  let isPlugged = true;
  const unplug = (): void => {
    if (isPlugged) pull();
    isPlugged = false;
  };
  const gateway = createGateway({
    settings: parseSettings({
      home: { interfaces: [own] },
      ieee1394: { bus: bus.url },
      media: { sources: [{ name: "Clip", from: "/nowhere/clip.ts" }] },
      page: { port: 0 },
      ...settings,
    }),
    ...{ host, packageRoot: packageRoot() },
  });
  leaving.push(
    unplug,
    () => bus[Symbol.asyncDispose](),
    () => gateway[Symbol.asyncDispose](),
  );
  const station = (name: StationName) => {
    const found = gateway.stations.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  for (const { from, to } of joints.filter(({ to: end }) => end === "translation" || end === "page")) {
    station(from).onOutput((message, output) => output === 0 && station(to).receive(message));
  }
  for (const name of [...finders, "translation", "page"] as const) station(name).hold();
  const status = (name: StationName) => station(name).status;
  const device = (id: string) => gateway.devices().find((one) => one.id === id);
  const set = (id: string, name: string, value: Json) =>
    gateway.control.execute({ id: name, device: id, request: { kind: "property", name, value } });
  /** What the page tells of protocols that cannot be reached. */
  const troubles = async (): Promise<unknown> => {
    const home: unknown = await (await fetch(new URL("/api/home", gateway.addresses().lan))).json();
    return typeof home === "object" && home !== null && "troubles" in home ? home.troubles : [];
  };
  /** Time goes by until it holds: sockets need time of the machine's too. */
  const passUntil = (holds: () => void) =>
    until(async () => {
      await clock.advance(100);
      holds();
    });
  return { clock, dayTime, log, node, gateway, status, device, set, passUntil, troubles, unplug };
}

describe("A protocol that cannot open", () => {
  it("hides no device of the others, says why once, and has its own come by themselves when it can", async () => {
    const release = await takePort();
    const { clock, log, node, status, device, set, passUntil, troubles } = await setUp();
    await passUntil(() => expect([device(deck)?.id, device(clip)?.id]).toEqual([deck, clip]));
    expect([status("translation").state, device(light)]).toEqual(["open", undefined]);
    const detail = expect.stringMatching(/127\.0\.9\.61 port 3610 .* EADDRINUSE/);
    expect(status("discovery:echonet")).toEqual({ state: "failed", text: "address-unusable", detail });
    expect(await troubles()).toEqual([{ protocol: "echonet", code: "address-unusable" }]);
    void set(deck, "transport", "playing");
    await passUntil(() => expect(device(deck)?.values["transport"]?.value).toBe("playing"));
    await clock.advance(30_000);
    expect(log.events("error")).toEqual(["station-failed"]);

    release();
    await clock.advance(32_000);
    await passUntil(() => expect(device(light)).toMatchObject({ available: true, kind: "light" }));
    expect([status("discovery:echonet").state, await troubles()]).toEqual(["open", []]);
    await passUntil(() => expect(device(light)?.values["power"]?.value).toBe(false));
    node.change(lampEoj, 0x80, "30");
    await passUntil(() => expect(device(light)?.values["power"]?.value).toBe(true));
  });

  it("may as well be the bus: whose name can be none, or at which nobody answers yet", async () => {
    const { status, device, passUntil } = await setUp({ ieee1394: { bus: "tcp://127.0.0.1:99999" } });
    await passUntil(() => expect(device(light)).toMatchObject({ available: true }));
    expect(status("discovery:ieee1394")).toMatchObject({ state: "failed", text: "settings-invalid" });
    expect([status("translation").state, device(clip)?.id]).toEqual(["open", clip]);
    await leaveAll();

    const { url } = await openScenarioBus({ nodes: [] }, fakeHost().clock, 0).then(closed);
    const late = await setUp({ ieee1394: { bus: url } });
    await late.passUntil(() => {
      expect(late.device(light)).toMatchObject({ available: true });
      expect(late.status("discovery:ieee1394")).toEqual({
        ...{ state: "failed", text: "bus-away", detail: `nobody answers at ${url}` },
      });
    });
    const bus = await openScenarioBus({ nodes: [{ model: "dv-deck" }] }, late.clock, Number(new URL(url).port));
    leaving.push(() => bus[Symbol.asyncDispose]());
    await late.passUntil(() => expect(late.device(deck)?.id).toBe(deck));
    expect(late.status("discovery:ieee1394")).toEqual({ state: "open", text: "open", detail: url });
  });
});

describe("A source whose file is missing", () => {
  it("does not answer, and nothing else is touched by it", async () => {
    const { device, passUntil, status } = await setUp();
    await passUntil(() => expect(device(clip)).toMatchObject({ available: false }));
    await passUntil(() => expect([device(light)?.available, device(deck)?.available]).toEqual([true, true]));
    expect(finders.map((name) => status(name).state)).toEqual(["open", "open", "open"]);
  });
});

describe("Devices", () => {
  it("are as they were when somebody sets the time of day, and fall silent in their own time after it", async () => {
    const { clock, dayTime, gateway, device, passUntil, unplug } = await setUp();
    await passUntil(() => {
      expect(device(light)).toMatchObject({ available: true, values: { power: { value: false } } });
      expect(device(deck)).toMatchObject({ available: true, values: { transport: { value: "stopped" } } });
    });
    const told: string[] = [];
    gateway.onHomeEvent((event) => {
      if (event.type === "availability" && [light, deck].includes(event.device)) told.push(event.device);
    });
    for (const hours of [5_000, -10_000, 5_000]) {
      dayTime.set(dayTime.now() + hours * 3_600_000);
      await clock.advance(2_000);
    }
    expect(told).toEqual([]);
    dayTime.set(dayTime.now() - 3_600_000);
    unplug();
    await clock.advance(30_000);
    await passUntil(() => expect(device(light)?.available).toBe(false));
    expect(told).toEqual([light]);
  });
});
