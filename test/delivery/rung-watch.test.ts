import { describe, expect, it } from "vitest";
import { startRung } from "../../gateway-core/delivery/rung-choice.ts";
import { watchRungs } from "../../gateway-core/delivery/rung-watch.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { FakeStream, fakeRungs, piecesIn } from "../fakes/fake-stream.ts";

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
    const take = async (): Promise<void> => {
      if (isReading) return;
      isReading = true;
      while (taken < budget) {
        const { done, value } = await reader.read();
        if (done) break;
        taken += value.length;
        seen.push(...piecesIn(value));
      }
      isReading = false;
    };
    for (let step = 0; step < steps; step++) {
      stream.play(1);
      // A link saves nothing up for later.
      budget = Math.min(budget, taken) + octetsOf(step);
      void take();
      await clock.advance(200);
    }
    watch.end();
    await clock.advance(0);
    return { seen, pending: clock.pending };
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
});
