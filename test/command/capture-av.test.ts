/** `genkan capture-av` as a user types it, beside a simulated bus. */

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseArguments } from "../../command/arguments.ts";
import { captureAv } from "../../command/capture-av.ts";
import { systemClock } from "../../host/system-host.ts";
import { type BusServer, openBusServer } from "../../simulated-home/ieee1394/bus-server.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";

const guid = "0800460102c46a01";
/** A deck whose tape stands still. */
const stopped = "0800460102c46a02";

describe("genkan capture-av", { timeout: 120_000 }, () => {
  let folder = "";
  let server: BusServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "genkan-capture-av-"));
    const bus = createSimulatedBus({ clock: systemClock });
    const makeFrames = async (): Promise<Uint8Array> => new Uint8Array(0);
    bus.plug(createModel({ clock: systemClock, model: "dv-deck", makeFrames }));
    bus.plug(createModel({ clock: systemClock, model: "dv-deck", guid: stopped, makeFrames }));
    const client = bus.connect();
    const { generation } = client.state;
    // The deck plays.
    await client.write(
      { nodeId: bus.nodeIdOf(guid) ?? 0, generation },
      0xffff_f000_0b00,
      Uint8Array.of(0, 0x20, 0xc3, 0x75),
    );
    server = await openBusServer(bus, 0);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  let stop = (): void => undefined;
  const run = (...words: string[]): Promise<void> => {
    const stopping = Promise.withResolvers<void>();
    stop = stopping.resolve;
    const args = parseArguments(["capture-av", ...words, "--state", folder, "--lang", "en"], {});
    return captureAv(args, () => stopping.promise);
  };
  const onBus = (): string[] => ["--set", `ieee1394.bus=${JSON.stringify(server.url)}`];

  it("says what is wrong: too few words, no bus, a device that is not on it", async () => {
    await expect(run(...onBus())).rejects.toMatchObject({ code: "usage" });
    await expect(run(guid, join(folder, "a.dv"))).rejects.toMatchObject({ code: "settings-invalid" });
    const saying = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const absent = run("0123456789abcdef", join(folder, "b.dv"), ...onBus());
    await expect(absent).rejects.toMatchObject({ code: "device-unavailable" });
    saying.mockRestore();
  });

  it("says so when nothing came, and leaves no empty file in the way of the next attempt", async () => {
    const saying = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const file = join(folder, "stopped.dv");
    const running = run(`ieee1394-${stopped}-tape0`, file, ...onBus());
    await expect.poll(() => saying.mock.calls.join("")).toContain("on channel");
    stop();
    await expect(running).rejects.toMatchObject({
      code: "device-silent",
      message: expect.stringContaining("press play"),
    });
    saying.mockRestore();
    expect([file, `${file}.json`].filter((path) => existsSync(path))).toEqual([]);
  });

  it("overwrites nothing", async () => {
    const old = join(folder, "old.dv");
    writeFileSync(old, "precious");
    await expect(run(guid, old, ...onBus())).rejects.toMatchObject({ code: "usage" });
    expect(readFileSync(old, "utf8")).toBe("precious");
  });

  it("saves the stream as it came, and beside it what is known of it", async () => {
    const file = join(folder, "tape.dv");
    const saying = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const running = run(`ieee1394-${guid}-tape0`, file, ...onBus());
    await expect.poll(() => statSync(file, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(500_000);
    stop();
    await running;
    const said = saying.mock.calls.join("");
    saying.mockRestore();
    expect(said).toContain("on channel 0");
    const told = JSON.parse(readFileSync(`${file}.json`, "utf8"));
    expect(told).toMatchObject({ device: `ieee1394-${guid}-tape0`, format: "dv", droppedChunks: 0 });
    expect(told.chunks).toBeGreaterThan(0);
    expect(statSync(file).size).toBe(told.chunks * 120_000);
  });
});
