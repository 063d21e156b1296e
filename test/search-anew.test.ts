import { describe, expect, it } from "vitest";
import type { Session } from "../gateway-core/contract/adapter.ts";
import { createSearchAnew } from "../gateway-core/search-anew.ts";
import { FakeClock, settle } from "./fakes/fake-host.ts";

/** A discovery that counts how often it was asked to look, and how many still listen to it. */
function discovery(known: number) {
  const counts = { asked: 0, listening: 0 };
  const discover: Session["discover"] = async function* ({ signal, active }) {
    if (active) counts.asked++;
    counts.listening++;
    try {
      for (let at = 0; at < known; at++) {
        yield { protocol: "any", ref: { id: `${at}`, address: "" }, key: { protocol: "any" } };
      }
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    } finally {
      counts.listening--;
    }
  };
  return { counts, discover };
}

describe("Who opens the page", () => {
  it.each([0, 3])("has every open discovery look anew, of %d devices, and leaves no listener behind", async (known) => {
    const search = createSearchAnew(new FakeClock());
    const [one, other] = [discovery(known), discovery(known)];
    for (const { discover } of [one, other]) search.join({ discover });
    search.ask();
    await settle();
    expect([one.counts, other.counts]).toEqual([
      { asked: 1, listening: 0 },
      { asked: 1, listening: 0 },
    ]);
  });

  it("waits for what is found where that is wished, together with whoever opens it meanwhile, and no more until the next search", async () => {
    const clock = new FakeClock();
    const search = createSearchAnew(clock, 2_000);
    const over: string[] = [];
    const open = (who: string): void => void search.ask().then(() => over.push(who));
    open("first");
    await clock.advance(1_500);
    open("second");
    await clock.advance(499);
    expect(over).toEqual([]);
    await clock.advance(1);
    expect(over).toEqual(["first", "second"]);
    open("third");
    await settle();
    expect(over).toEqual(["first", "second", "third"]);
    await clock.advance(30_000);
    open("later");
    await settle();
    expect(over).not.toContain("later");
  });

  it("waits for nothing unless that is wished", async () => {
    await expect(createSearchAnew(new FakeClock()).ask()).resolves.toBeUndefined();
  });

  it("has it looked once in half a minute, however many open it", async () => {
    const clock = new FakeClock();
    const search = createSearchAnew(clock);
    const { counts, discover } = discovery(1);
    search.join({ discover });
    for (const afterMs of [0, 10, 29_989]) {
      await clock.advance(afterMs);
      search.ask();
    }
    expect(counts.asked).toBe(1);
    await clock.advance(1);
    search.ask();
    expect(counts.asked).toBe(2);
  });

  it("asks nothing of a discovery that has closed, and survives one that fails", async () => {
    const search = createSearchAnew(new FakeClock());
    const gone = discovery(1);
    search.join({ discover: gone.discover })();
    search.join({
      // biome-ignore lint/correctness/useYield: it fails before it finds anything.
      async *discover() {
        throw new Error("the wire is gone");
      },
    });
    search.ask();
    await settle();
    expect(gone.counts.asked).toBe(0);
  });
});
