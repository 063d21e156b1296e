import { describe, expect, it } from "vitest";
import { edgeStep } from "../../ui/player/live-edge.ts";

describe("A live stream is played close to its end", () => {
  const upTo = (end: number, start = 0) => ({ start, end });

  it("goes on as it is while it is neither far nor tight", () => {
    expect(edgeStep(upTo(10), 9, 1, true)).toEqual({ rate: 1 });
  });

  it("makes up for what it is behind, until it is where it should be", () => {
    expect(edgeStep(upTo(10), 8.3, 1, true)).toEqual({ rate: 1.05 });
    expect(edgeStep(upTo(10), 8.8, 1.05, true)).toEqual({ rate: 1.05 });
    expect(edgeStep(upTo(10), 9.1, 1.05, true)).toEqual({ rate: 1 });
  });

  it("slows down before it stands still, until there is enough in hand", () => {
    expect(edgeStep(upTo(10), 9.7, 1, true)).toEqual({ rate: 0.95 });
    expect(edgeStep(upTo(10), 9.4, 0.95, true)).toEqual({ rate: 0.95 });
    expect(edgeStep(upTo(10), 9.1, 0.95, true)).toEqual({ rate: 1 });
  });

  it("jumps over what is lost: a hole, a new beginning, far too much", () => {
    expect(edgeStep(upTo(8, 6), 4, 1, true)).toEqual({ jumpTo: 7, rate: 1 });
    expect(edgeStep(upTo(10.4, 10), 0, 1, true)).toEqual({ jumpTo: 10, rate: 1 });
    expect(edgeStep(upTo(10), 5, 1, true)).toEqual({ jumpTo: 9, rate: 1 });
  });

  it("jumps instead of changing its rate where that makes the browser buffer anew", () => {
    expect(edgeStep(upTo(10), 8.1, 1, false)).toEqual({ jumpTo: 9, rate: 1 });
    expect(edgeStep(upTo(10), 8.3, 1, false)).toEqual({ rate: 1 });
    expect(edgeStep(upTo(10), 9.9, 1, false)).toEqual({ rate: 1 });
  });
});
