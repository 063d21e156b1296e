/** What the doctor finds of the serial bus. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serialBus } from "../../../command/doctor/serial-bus.ts";
import { parseSettings } from "../../../gateway-core/gateway.ts";
import { fileMemory, systemClock } from "../../../host/system-host.ts";
import { openBusServer } from "../../../simulated-home/ieee1394/bus-server.ts";
import { createReceiver } from "../../../simulated-home/ieee1394/havi/havi-models.ts";
import { createModel } from "../../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../../simulated-home/ieee1394/simulated-bus.ts";
import { examined } from "./examined.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-doctor-bus-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const look = (bus = "", ...args: string[]) =>
  serialBus(examined(["--state", folder, ...args], { settings: parseSettings({ ieee1394: { bus } }) }));

describe("The doctor finds of the serial bus", () => {
  it("that none is set", async () => {
    expect(await look("none")).toMatchObject({ state: "ok", text: expect.stringContaining("No serial bus") });
  });

  it("who is on it, also where only the simulated home knows of it", async () => {
    const bus = createSimulatedBus({ clock: systemClock });
    bus.plug(createReceiver({ clock: systemClock }).node);
    bus.plug(createModel({ clock: systemClock, model: "dv-deck" }));
    await using server = await openBusServer(bus, 0);
    expect(await look(server.url)).toMatchObject({ state: "ok", text: expect.stringContaining("Sony DSR-11 (0)") });
    expect((await look(server.url)).text).toContain("Oto Works AX-7 (1)");
    fileMemory(join(folder, "simulated-home")).write("bus-port", Number(new URL(server.url).port));
    expect(await look()).toMatchObject({ state: "ok", text: expect.stringContaining("Sony DSR-11 (0)") });
  });

  it("why a device of it is missing, and what to do about it", async () => {
    const deck = createModel({ clock: systemClock, model: "dv-deck" });
    const lamp = createModel({ clock: systemClock, model: "mood-lamp" });
    const bus = createSimulatedBus({
      clock: systemClock,
      fault: (_request, guid) => (guid === lamp.guid ? "no-ack" : undefined),
    });
    bus.plug(deck);
    bus.plug(lamp);
    deck.registers.setOutput(0, 0x003f_007a);
    await using server = await openBusServer(bus, 0);
    const found = await look(server.url);
    expect(found).toMatchObject({ state: "warn", hint: expect.stringContaining("bus reset") });
    expect(found.text).toMatch(/Sony DSR-11 \(1\): its output plug is offline/);
    expect(found.text).toMatch(
      /node 0: its configuration ROM cannot be read at fffff0000400 \(no-ack\), tried 3 times/,
    );
  });

  it("what there is after a bus reset, when it is told to make one", async () => {
    const deck = createModel({ clock: systemClock, model: "dv-deck" });
    const bus = createSimulatedBus({ clock: systemClock });
    let resets = 0;
    bus.plug({
      ...{ guid: deck.guid, isContender: false, answer: deck.answer },
      // It shows its plug with the second reset of its life.
      reset(wire) {
        deck.reset(wire);
        resets++;
        if (resets > 1) deck.registers.setOutput(0, 0x803f_007a);
      },
    });
    deck.registers.setOutput(0, 0x003f_007a);
    await using server = await openBusServer(bus, 0);
    expect(await look(server.url)).toMatchObject({ state: "warn", hint: expect.stringContaining("--reset-bus") });
    expect(await look(server.url, "--reset-bus")).toMatchObject({ state: "ok" });
  });

  it("that it does not answer", async () => {
    const server = await openBusServer(createSimulatedBus({ clock: systemClock }), 0);
    await server[Symbol.asyncDispose]();
    expect(await look(server.url)).toMatchObject({ state: "warn", text: expect.stringContaining("does not answer") });
  });
});
