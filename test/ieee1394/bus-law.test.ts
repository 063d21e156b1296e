import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { openSocketBus } from "../../gateway-core/ieee1394/socket-bus.ts";
import { systemClock } from "../../host/system-host.ts";
import { openBusServer } from "../../simulated-home/ieee1394/bus-server.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { busLaw } from "../laws/bus.law.ts";
import { lampWorld, type WiredLamp, wiredLamp } from "./lamp-world.ts";
import { openCardWorld } from "./linux/card-world.ts";

busLaw("a simulated bus in this very process", async () => {
  const { clock } = fakeHost();
  const bus = createSimulatedBus({ clock });
  const lamp = wiredLamp(clock);
  bus.plug(lamp.node);
  return {
    ...lampWorld(bus, lamp, clock),
    bus: bus.connect(),
    pass: () => clock.advance(1),
    async [Symbol.asyncDispose]() {},
  };
});

busLaw("the bus of a Linux kernel", async () => {
  let lamp: WiredLamp | undefined;
  const world = await openCardWorld({
    plug(simulated, { clock }) {
      lamp = wiredLamp(clock);
      simulated.plug(lamp.node);
    },
  });
  if (lamp === undefined) throw new Error("the lamp is not plugged in");
  return {
    ...lampWorld(world.simulated, lamp, world.host.clock),
    bus: world.bus,
    pass: world.pass,
    [Symbol.asyncDispose]: () => world.bus[Symbol.asyncDispose](),
  };
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

busLaw("a bus behind a socket", async () => {
  const host = { ...fakeHost(), clock: systemClock };
  const simulated = createSimulatedBus({ clock: systemClock });
  const lamp = wiredLamp(systemClock);
  simulated.plug(lamp.node);
  const server = await openBusServer(simulated, 0);
  const bus = openSocketBus(server.url, host);
  await new Promise<void>((resolve) => void bus.onReset(() => resolve()));
  return {
    ...lampWorld(simulated, lamp, systemClock),
    bus,
    pass: soon,
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});

describe("A bus behind a socket", () => {
  it("is a bus without nodes until somebody is there, and again when they are gone", async () => {
    const host = { ...fakeHost(), clock: systemClock };
    const simulated = createSimulatedBus({ clock: systemClock });
    const first = await openBusServer(simulated, 0);
    await first[Symbol.asyncDispose]();
    await using bus = openSocketBus(first.url, host);
    expect(bus.state.nodeIds).toEqual([]);
    const second = await openBusServer(simulated, Number(new URL(first.url).port));
    await expect.poll(() => bus.state.nodeIds.length).toBe(1);
    await second[Symbol.asyncDispose]();
    await expect.poll(() => bus.state.nodeIds.length).toBe(0);
  });

  it("ends with who sends no messages, or a line without an end", async () => {
    await using server = await openBusServer(createSimulatedBus({ clock: systemClock }), 0);
    for (const sent of ["GET / HTTP/1.1\r\n", "x".repeat(20_000)]) {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      const closed = once(socket.resume(), "close");
      socket.write(sent);
      await closed;
    }
  });

  it("outlives a program that is killed while packets are on their way to it", async () => {
    const simulated = createSimulatedBus({ clock: systemClock });
    const lamp = wiredLamp(systemClock);
    simulated.plug(lamp.node);
    await using server = await openBusServer(simulated, 0);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write('{"do":"listen","channel":5}\n{"do":"reset"}\n');
    const { generation } = simulated.connect().state;
    await expect.poll(() => simulated.connect().state.generation).toBe(generation + 1);
    socket.resetAndDestroy();
    for (let sent = 0; sent < 20; sent++) {
      lamp.wire()?.transmit(5, [{ cycle: 0, tag: 1, octets: new Uint8Array(1_000) }]);
      await soon();
    }
    await using bus = openSocketBus(server.url, { ...fakeHost(), clock: systemClock });
    await expect.poll(() => bus.state.nodeIds.length).toBe(2);
  });

  it.each(["tcp://192.168.1.2:1394", "tcp://127.0.0.1", "/dev/fw0"])("is never at %s", (url) => {
    expect(() => openSocketBus(url, fakeHost())).toThrow(/127\.0\.0\.1/);
  });
});
