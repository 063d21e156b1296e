import { describe, expect, it, vi } from "vitest";
import { openNetworkTuner } from "../../simulated-home/tuner/network-tuner.ts";
import { madePackets } from "../av-sources/made-stream.ts";
import { fakeHost } from "../fakes/fake-host.ts";

describe("A tuner of the simulated home's network", () => {
  it("sends in real time what is on, the same to all, and to no more than it has tuners", async () => {
    const { clock } = fakeHost();
    const made = madePackets({ seconds: 1 });
    await using tuner = await openNetworkTuner({ tuners: 1 }, clock, 0, async () => made);
    const leave = new AbortController();
    const watching = await fetch(tuner.url, { signal: leave.signal });
    expect(watching.status).toBe(200);
    expect((await fetch(tuner.url)).status).toBe(503);
    expect((await fetch(new URL("/other", tuner.url))).status).toBe(404);
    let octets = 0;
    const reading = (async () => {
      for await (const part of watching.body ?? []) {
        for (let at = (188 - (octets % 188)) % 188; at < part.length; at += 188) expect(part[at]).toBe(0x47);
        octets += part.length;
      }
    })().catch(() => undefined);
    await clock.advance(2_000);
    // 5 Mbit/s, in whole packets.
    await vi.waitFor(() => expect(octets).toBe(Math.floor(1_250_000 / 188) * 188));
    leave.abort();
    await reading;
    await vi.waitFor(() => expect(clock.pending).toBe(0));
    const again = await fetch(tuner.url);
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  it("says where it cannot be", async () => {
    const { clock } = fakeHost();
    await using tuner = await openNetworkTuner({}, clock, 0, async () => new Uint8Array(0));
    const { port } = new URL(tuner.url);
    await expect(openNetworkTuner({}, clock, Number(port))).rejects.toMatchObject({ code: "address-unusable" });
  });
});
