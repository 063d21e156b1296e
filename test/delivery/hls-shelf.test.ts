import { describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { HlsShelf } from "../../gateway-core/delivery/hls-shelf.ts";
import { settle } from "../fakes/fake-host.ts";
import { initOf } from "../fakes/fake-stream.ts";

/** A fragment for each tenth of a second of an encoder that has just begun; it begins some groups early. */
const keys = [0, 7, 14, 21, 31, 41, 51, 61, 71, 81, 91, 101];

describe("The segments of HTTP Live Streaming", () => {
  const opened = () => {
    const ring = new FragmentRing();
    ring.push(initOf("low"));
    const shelf = new HlsShelf(ring);
    let next = 0;
    const play = (fragments: number): void => {
      for (let count = 0; count < fragments; count++, next++) {
        const times = { isKey: keys.includes(next), start: next / 10, duration: 0.1 };
        ring.push({ fragment: { octets: Uint8Array.of(next), ...times } });
      }
    };
    return { shelf, play };
  };
  const firstOf = (shelf: HlsShelf, number: number): number | undefined => shelf.segment(number)?.[0];

  it("are enough to begin with when there are three, and those may be short", async () => {
    const { shelf, play } = opened();
    let isReady = false;
    void shelf.ready().then(() => {
      isReady = true;
    });
    play(21);
    await settle();
    expect(isReady).toBe(false);
    // A segment is there when the fragment behind it comes.
    play(1);
    await settle();
    expect([isReady, shelf.segments.length]).toEqual([true, 3]);
    shelf[Symbol.dispose]();
  });

  it("each begin with a whole picture, are never longer than the target, and list three targets once there were so many", () => {
    const { shelf, play } = opened();
    for (let fragments = 1; fragments <= 110; fragments++) {
      play(1);
      for (const { number, seconds } of shelf.segments) {
        expect(Math.round(seconds)).toBeLessThanOrEqual(1);
        expect(keys).toContain(firstOf(shelf, number));
      }
      const listed = shelf.segments.reduce((sum, { seconds }) => sum + seconds, 0);
      if (fragments > 42) expect(listed).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(shelf.segments.map(({ seconds }) => seconds.toFixed(1)))).toEqual(new Set(["1.0"]));
    shelf[Symbol.dispose]();
  });
});
