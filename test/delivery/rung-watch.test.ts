import { describe, expect, it } from "vitest";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { startRung } from "../../gateway-core/delivery/rung-choice.ts";
import { watchRungs } from "../../gateway-core/delivery/rung-watch.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { FakeStream, fakeRungs, fragmentOf, initOf, piecesIn } from "../fakes/fake-stream.ts";

describe("One viewer's way through the rungs", () => {
  async function watched(octetsOf: (step: number) => number, steps: number, isFixed = false) {
    const [clock, stream] = [new FakeClock(), new FakeStream()];
    stream.play(5);
    const first = stream.rings.get("high");
    if (first === undefined) throw new Error("no ring");
    const watch = watchRungs({
      ...{ clock, rungs: fakeRungs, first, isFixed, choice: startRung(clock.now()) },
      ring: (name) => stream.hold().ring(name),
      onChoice: () => undefined,
      onEnd: () => undefined,
    });
    const reader = watch.body.getReader();
    let [budget, taken, isReading] = [0, 0, false];
    const seen: string[] = [];
    /** Of each piece that was seen, when: in fifths of a second. */
    const seenAt: number[] = [];
    const take = async (): Promise<void> => {
      if (isReading) return;
      isReading = true;
      while (taken < budget) {
        const { done, value } = await reader.read();
        if (done) break;
        taken += value.length;
        const pieces = piecesIn(value);
        seen.push(...pieces);
        seenAt.push(...pieces.map(() => step));
      }
      isReading = false;
    };
    let step = 0;
    for (; step < steps; step++) {
      stream.play(1);
      // A link saves nothing up for later.
      budget = Math.min(budget, taken) + octetsOf(step);
      void take();
      await clock.advance(200);
    }
    watch.end();
    await clock.advance(0);
    return { seen, seenAt, pending: clock.pending };
  }
  const kbps = (rate: number) => (rate * 1000 * 0.2) / 8;

  it("stays on one rung while it is followed, and leaves no timer", async () => {
    const { seen, pending } = await watched(() => kbps(2_000), 40);
    expect(seen.filter((piece) => piece.startsWith("<"))).toEqual(["<high>"]);
    expect(pending).toBe(0);
  });

  it("changes to the lower rung at a whole picture, and nothing is lost or told twice", async () => {
    const { seen } = await watched(() => kbps(400), 100);
    const inits = seen.filter((piece) => piece.startsWith("<"));
    expect(inits).toEqual(["<high>", "<low>"]);
    const numbers = seen.filter((piece) => !piece.startsWith("<")).map((piece) => Number(piece.split(":")[1]));
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    const change = seen.indexOf("<low>");
    expect(Number(seen[change + 1]?.split(":")[1]) % 5).toBe(0);
    expect(seen[change + 1]).toMatch(/^low:/);
  });

  it("follows 872, 600, 350 and 1500 kbit/s: three changes, each moment once, and never a second without a picture", async () => {
    const steps = [872, 600, 350, 1_500];
    const { seen, seenAt } = await watched((step) => kbps(steps[Math.floor(step / 75)] ?? 0), 300);
    const changes = seen.filter((piece) => piece.startsWith("<"));
    expect(changes).toEqual(["<high>", "<low>", "<high>"]);
    const fragments = seen.flatMap((piece, at) => (piece.startsWith("<") ? [] : [{ piece, at: seenAt[at] ?? 0 }]));
    const numbers = fragments.map(({ piece }) => Number(piece.split(":")[1]));
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    // A player begins with four in hand, and then shows what is there: a stall is as long as there is nothing more.
    let [shownUntil, longest, stalled] = [fragments[3]?.at ?? 0, 0, 0];
    for (const { at } of fragments) {
      longest = Math.max(longest, at - shownUntil);
      stalled += Math.max(0, at - shownUntil);
      shownUntil = Math.max(shownUntil, at) + 1;
    }
    expect(longest).toBeLessThanOrEqual(5);
    expect(stalled / 300).toBeLessThan(0.02);
  });

  it("comes back to the best rung on the same time line", async () => {
    const { seen } = await watched((step) => kbps(step > 30 && step < 60 ? 300 : 4_000), 320);
    expect(seen.filter((piece) => piece.startsWith("<"))).toEqual(["<high>", "<low>", "<high>"]);
    const numbers = seen.filter((piece) => !piece.startsWith("<")).map((piece) => Number(piece.split(":")[1]));
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  });

  it("stays where it was asked to stay, skipped ahead if need be", async () => {
    const { seen } = await watched(() => kbps(400), 100, true);
    expect(new Set(seen.map((piece) => piece.replace(/[<>]|:.*/g, "")))).toEqual(new Set(["high"]));
  });

  it("changes all the same where the two never have the same moment", async () => {
    const clock = new FakeClock();
    const rings = new Map(fakeRungs.map(({ name }) => [name, new FragmentRing()]));
    const [high, low] = fakeRungs;
    const first = rings.get("high");
    if (first === undefined || high === undefined || low === undefined) throw new Error("no ring");
    for (const [name, ring] of rings) ring.push(initOf(name));
    const watch = watchRungs({
      ...{ clock, rungs: fakeRungs, first, isFixed: false, choice: startRung(clock.now()) },
      ring: async (name) => rings.get(name) ?? first,
      onChoice: () => undefined,
      onEnd: () => undefined,
    });
    const reader = watch.body.getReader();
    const seen: string[] = [];
    // Somebody who never takes more than a piece in two seconds; the low rung's time line lies far behind the high one's.
    for (let step = 0; step < 60; step++) {
      first.push(fragmentOf(high, 1_000 + step));
      rings.get("low")?.push(fragmentOf(low, step));
      await clock.advance(200);
      if (step % 10 === 0) seen.push(...piecesIn((await reader.read()).value ?? new Uint8Array(0)));
    }
    watch.end();
    for (let next = await reader.read(); !next.done; next = await reader.read()) seen.push(...piecesIn(next.value));
    expect(seen.filter((piece) => piece.startsWith("<"))).toEqual(["<high>", "<low>"]);
    expect(Number(seen[seen.indexOf("<low>") + 1]?.split(":")[1]) % 5).toBe(0);
  });
});
