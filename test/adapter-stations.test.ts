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
import { fakeHost } from "./fakes/fake-host.ts";
import { until } from "./until.ts";

const [own, lamp] = ["127.0.9.61", "127.0.9.62"];
const deck = "ieee1394-0800460102c46a01-tape0";
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
  const host = fakeHost();
  const { clock, log } = host;
  const bus = await openScenarioBus({ nodes: [{ model: "dv-deck" }] }, clock, 0);
  const node = new FakeNode(lamp, { [lampEoj]: lampObject() });
  const unplug = await plugIntoUdp(node);
  const gateway = createGateway({
    settings: parseSettings({
      home: { interfaces: [own] },
      ieee1394: { bus: bus.url },
      media: { sources: [{ name: "Clip", from: "/nowhere/clip.ts" }] },
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
  for (const { from, to } of joints.filter(({ to: end }) => end === "translation")) {
    station(from).onOutput((message) => station(to).receive(message));
  }
  for (const name of [...finders, "translation"] as const) station(name).hold();
  const status = (name: StationName) => station(name).status;
  const device = (protocol: string) => gateway.devices().find((one) => one.protocol === protocol);
  const set = (id: string, name: string, value: Json) =>
    gateway.control.execute({ id: name, device: id, request: { kind: "property", name, value } });
  /** Time goes by until it holds: sockets need time of the machine's too. */
  const passUntil = (holds: () => void) =>
    until(async () => {
      await clock.advance(100);
      holds();
    });
  return { clock, log, node, gateway, status, device, set, passUntil };
}

describe("A protocol that cannot open", () => {
  it("hides no device of the others, says why once, and has its own come by themselves when it can", async () => {
    const release = await takePort();
    const { clock, log, node, status, device, set, passUntil } = await setUp();
    await passUntil(() => expect([device("ieee1394")?.id, device("av")?.id]).toEqual([deck, "av-clip"]));
    expect([status("translation").state, device("echonet")]).toEqual(["open", undefined]);
    const detail = expect.stringMatching(/127\.0\.9\.61 port 3610 .* EADDRINUSE/);
    expect(status("discovery:echonet")).toEqual({ state: "failed", text: "address-unusable", detail });
    void set(deck, "transport", "playing");
    await passUntil(() => expect(device("ieee1394")?.values["transport"]?.value).toBe("playing"));
    await clock.advance(200_000);
    expect(log.events("error")).toEqual(["station-failed"]);

    release();
    await clock.advance(60_000);
    await passUntil(() => expect(device("echonet")).toMatchObject({ available: true, kind: "light" }));
    expect(status("discovery:echonet").state).toBe("open");
    await passUntil(() => expect(device("echonet")?.values["power"]?.value).toBe(false));
    node.change(lampEoj, 0x80, "30");
    await passUntil(() => expect(device("echonet")?.values["power"]?.value).toBe(true));
  });

  it("may as well be the bus: whose name can be none, or at which nobody answers yet", async () => {
    const { status, device, passUntil } = await setUp({ ieee1394: { bus: "tcp://127.0.0.1:99999" } });
    await passUntil(() => expect(device("echonet")).toMatchObject({ available: true }));
    expect(status("discovery:ieee1394")).toMatchObject({ state: "failed", text: "settings-invalid" });
    expect([status("translation").state, device("av")?.id]).toEqual(["open", "av-clip"]);
    await leaveAll();

    const { url } = await openScenarioBus({ nodes: [] }, fakeHost().clock, 0).then(closed);
    const late = await setUp({ ieee1394: { bus: url } });
    await late.passUntil(() => {
      expect(late.device("echonet")).toMatchObject({ available: true });
      expect(late.status("discovery:ieee1394")).toEqual({
        ...{ state: "failed", text: "bus-away", detail: `nobody answers at ${url}` },
      });
    });
    const bus = await openScenarioBus({ nodes: [{ model: "dv-deck" }] }, late.clock, Number(new URL(url).port));
    leaving.push(() => bus[Symbol.asyncDispose]());
    await late.passUntil(() => expect(late.device("ieee1394")?.id).toBe(deck));
    expect(late.status("discovery:ieee1394")).toEqual({ state: "open", text: "open", detail: url });
  });
});

describe("A source whose file is missing", () => {
  it("does not answer, and nothing else is touched by it", async () => {
    const { device, passUntil, status } = await setUp();
    await passUntil(() => expect(device("av")).toMatchObject({ available: false }));
    await passUntil(() => expect([device("echonet")?.available, device("ieee1394")?.available]).toEqual([true, true]));
    expect(finders.map((name) => status(name).state)).toEqual(["open", "open", "open"]);
  });
});
