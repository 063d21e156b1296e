import { describe, expect, it } from "vitest";
import { GatheredWrites } from "../../gateway-core/media/gathered-writes.ts";
import { FakeClock } from "../fakes/fake-host.ts";

describe("Octets for an encoder", () => {
  function opened() {
    const clock = new FakeClock();
    const written: number[][] = [];
    return { clock, written, input: new GatheredWrites(clock, (octets) => written.push([...octets])) };
  }

  it("that come in many pieces go in few, in their order, the first at once", async () => {
    const { clock, written, input } = opened();
    for (let at = 0; at < 20; at++) {
      input.push(Uint8Array.of(at), false);
      await clock.advance(10);
    }
    expect(written[0]).toEqual([0]);
    expect(written.length).toBeLessThanOrEqual(5);
    await clock.advance(100);
    expect(written.flat()).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(input.isEmpty).toBe(true);
  });

  it("wait for no more to come, nor where each moment counts", async () => {
    const { clock, written, input } = opened();
    input.push(Uint8Array.of(1), false);
    input.push(Uint8Array.of(2), false);
    await clock.advance(60);
    expect(written).toEqual([[1], [2]]);
    input.push(Uint8Array.of(3), false);
    input.push(Uint8Array.of(4), true);
    expect(written).toEqual([[1], [2], [3, 4]]);
  });

  it("are forgotten with the encoder that they were for", async () => {
    const { clock, written, input } = opened();
    input.push(Uint8Array.of(1), false);
    input.push(Uint8Array.of(2), false);
    input.drop();
    await clock.advance(1_000);
    expect([written, input.isEmpty]).toEqual([[[1]], true]);
  });
});
