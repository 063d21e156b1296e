import { describe, expect, it } from "vitest";
import type { DiscoveryEvent } from "../gateway-core/contract/messages.ts";
import { createDevices } from "../gateway-core/devices/devices.ts";
import { createGateway, parseSettings } from "../gateway-core/gateway.ts";
import { openPluginStations } from "../gateway-core/plugin-stations.ts";
import { createSearchAnew } from "../gateway-core/search-anew.ts";
import { sessionOnDemand } from "../gateway-core/session-on-demand.ts";
import { createStation } from "../gateway-core/station.ts";
import { packageRoot } from "../host/package-root.ts";
import { fakeHost, settle } from "./fakes/fake-host.ts";
import { anyAdapter, never } from "./plugin-adapters/any-adapter.ts";
import { Wall, wallAdapter, wallLamp } from "./plugin-adapters/wall-lamp.ts";

/** Of a gateway as much as joins adapters of other packages: a discovery that leads to devices. */
function setUp(settings: object = {}) {
  const host = fakeHost();
  const stations = openPluginStations(parseSettings(settings), host, createSearchAnew(host.clock));
  function place(candidate: unknown, from = "a-package") {
    const { joined, refusal } = stations.join(candidate, from);
    if (joined === undefined) return { refusal };
    const session = sessionOnDemand(joined.protocol, joined.session);
    const devices = createDevices({ host, sessions: new Map([[joined.protocol, session]]), find: stations.find });
    const station = createStation(joined.discovery, host.clock, host.log);
    station.onOutput((message) => devices.receive(message as DiscoveryEvent));
    const { release } = station.hold();
    const close = async (): Promise<void> => {
      release();
      await station[Symbol.asyncDispose]();
      await devices[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
    };
    return { refusal, station, devices, close };
  }
  return { host, stations, place };
}

const power = (value: boolean) => ({
  ...{ id: String(value), device: "wall-1", request: { kind: "property", name: "power", value } as const },
});

describe("An adapter of another package that has joined", () => {
  it("has its devices found, described by what it brought, followed and commanded, and lets all go", async () => {
    const { host, place } = setUp({ adapters: { wall: { room: "hall" } } });
    const wall = new Wall();
    const { station, devices, close } = place(wallAdapter(wall));
    await host.clock.advance(100);
    expect([station?.status.state, wall.openings, wall.users]).toEqual(["open", [{ room: "hall" }], 1]);
    expect(devices?.list()).toMatchObject([{ id: "wall-1", kind: "light", protocol: "wall", type: "wall:lamp" }]);
    expect(await devices?.control.execute(power(true))).toMatchObject({ ok: true, value: true });
    wall.change("power", false);
    await settle();
    expect(devices?.list()).toMatchObject([{ values: { power: { value: false } } }]);
    await close?.();
    expect([wall.users, wall.listeners.size]).toEqual([0, 0]);
  });

  it("says at its own station what is wrong with its settings, or with itself, and tries again", async () => {
    const wrong = setUp({ adapters: { wall: { door: 1 } } });
    const { station, close } = wrong.place(wallAdapter(new Wall()));
    await settle();
    expect(station?.status).toMatchObject({
      state: "failed",
      text: "settings-invalid",
      detail: expect.stringMatching(/adapters\.wall/),
    });
    await close?.();
    const { host, place } = setUp();
    const wall = new Wall();
    let isBroken = true;
    const { open } = wallAdapter(wall);
    const failing = place(
      wallAdapter(wall, {
        open: (...given) => (isBroken ? Promise.reject(new Error("no wall")) : open(...given)),
      }),
    );
    await settle();
    expect(failing.station?.status).toMatchObject({ state: "failed", text: "adapter-failed" });
    isBroken = false;
    await host.clock.advance(2_000);
    expect(failing.station?.status.state).toBe("open");
    expect(failing.devices?.list()).toHaveLength(1);
    await failing.close?.();
  });

  it("may describe by itself a device that no descriptor is there for; nothing is looked up of it then", async () => {
    const { host, place } = setUp();
    const wall = new Wall();
    const { open } = wallAdapter(wall);
    const { devices, close } = place({
      ...wallAdapter(wall, { descriptors: [] }),
      async open(...given: Parameters<typeof open>) {
        return { ...(await open(...given)), describe: async () => wallLamp };
      },
    });
    await host.clock.advance(100);
    devices?.receive({ type: "asked", asked: [{ key: { protocol: "wall", model: "lamp" }, state: "asking" }] });
    expect(devices?.list()).toMatchObject([{ kind: "light", type: "wall:lamp" }]);
    expect(devices?.list()[0]).not.toHaveProperty("lookUp");
    await close?.();
  });
});

describe("An adapter of another package that cannot join", () => {
  it("is refused once, at its station too, and makes room for one that can", async () => {
    const { host, place } = setUp();
    const old = anyAdapter(async () => undefined, { api: 2 });
    const { refusal, station, devices, close } = place(old, "old-package");
    expect(refusal).toMatchObject({ code: "adapter-refused", message: expect.stringContaining("old-package") });
    await settle();
    expect(station?.status).toMatchObject({ state: "failed", text: "adapter-refused", detail: refusal?.message });
    expect(place(old, "old-package")).toEqual({ refusal: undefined });
    expect(place(wallAdapter(new Wall()))).toEqual({ refusal: undefined });
    await host.clock.advance(2_000);
    expect([station?.status.state, devices?.list().length]).toEqual(["open", 1]);
    expect(place(wallAdapter(new Wall()), "a-third")).toMatchObject({ refusal: { details: { reason: "duplicate" } } });
    await close?.();
  });

  it("is refused once where there is none at all", () => {
    const { place } = setUp();
    expect(place(undefined, "empty")).toMatchObject({ refusal: { details: { reason: "shape", from: "empty" } } });
    expect(place(undefined, "empty")).toEqual({ refusal: undefined });
  });
});

describe("A gateway", () => {
  it("has a station for each adapter that joins it, and none for what can have no place", async () => {
    const settings = parseSettings({});
    await using gateway = createGateway({ settings, host: fakeHost(), packageRoot: packageRoot() });
    const adapter = wallAdapter(new Wall());
    gateway.join(adapter, "a-package");
    gateway.join(adapter, "a-package");
    expect(gateway.stations.get("discovery:wall")?.status.state).toBe("closed");
    const before = gateway.stations.size;
    expect(() => gateway.join(anyAdapter(1, { protocol: "echonet" }), "b")).toThrow(/b is refused/);
    expect(() => gateway.join(7, "c")).toThrow(/c is refused/);
    expect(gateway.stations.size).toBe(before);
  });

  it("closes at once, though an adapter has not opened yet", async () => {
    const gateway = createGateway({ settings: parseSettings({}), host: fakeHost(), packageRoot: packageRoot() });
    gateway.join(anyAdapter(never), "a-package");
    gateway.stations.get("discovery:wall")?.hold();
    await settle();
    expect(gateway.stations.get("discovery:wall")?.status.state).toBe("opening");
    await gateway[Symbol.asyncDispose]();
  });
});
