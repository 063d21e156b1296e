import { describe, expect, it } from "vitest";
import { chooseRung, startRung } from "../../gateway-core/delivery/rung-choice.ts";

describe("The choice of a rung", () => {
  const kbps = [864, 240];

  /** A viewer on a link: each quarter of a second what the rung makes comes, and what the link carries goes. */
  function simulate(seconds: number, linkKbps: (second: number) => number, ladder: readonly number[] = kbps) {
    let choice = startRung(0);
    let [waitingKbit, sentKbit, worstSeconds] = [0, 0, 0];
    const rungs: { readonly second: number; readonly rung: number }[] = [{ second: 0, rung: 0 }];
    for (let now = 250; now <= seconds * 1000; now += 250) {
      const made = ladder[choice.rung] ?? 0;
      const carried = Math.min(waitingKbit + made / 4, linkKbps(now / 1000) / 4);
      waitingKbit += made / 4 - carried;
      sentKbit += carried;
      const waitingSeconds = waitingKbit / made;
      worstSeconds = Math.max(worstSeconds, waitingSeconds);
      const next = chooseRung(choice, { now, waitingSeconds, sentOctets: (sentKbit * 1000) / 8 }, ladder);
      // What waited is replaced by the same moments of the other rung.
      if (next.rung !== choice.rung) {
        waitingKbit = waitingSeconds * (ladder[next.rung] ?? 0);
        rungs.push({ second: now / 1000, rung: next.rung });
      }
      choice = next;
    }
    return { rungs, worstSeconds };
  }

  it("stays at the best rung as long as it is carried", () => {
    expect(simulate(300, () => 1_000).rungs).toHaveLength(1);
  });

  it("follows a link of 872, 600, 350 and 1500 kbit/s in a minute with at most four changes, never a second behind", () => {
    const steps = [872, 600, 350, 1_500];
    const { rungs, worstSeconds } = simulate(60, (second) => steps[Math.min(3, Math.floor(second / 15))] ?? 0);
    expect(rungs.length - 1).toBeLessThanOrEqual(4);
    expect(worstSeconds).toBeLessThan(1.5);
  });

  it("does not go to and fro on a link that never carries the best: each try comes later than the one before", () => {
    const { rungs } = simulate(600, () => 600);
    const tries = rungs.filter(({ rung }, at) => at > 0 && rung === 0).map(({ second }) => second);
    expect(tries.length).toBeGreaterThanOrEqual(2);
    expect(tries.length).toBeLessThanOrEqual(4);
    const waits = tries.map((second, at) => second - (tries[at - 1] ?? 0));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it("comes back to the best rung when the link does, and forgets what was when it has held", () => {
    const { rungs } = simulate(400, (second) => (second > 5 && second < 20 ? 300 : 2_000));
    expect(rungs.map(({ rung }) => rung)).toEqual([0, 1, 0]);
    const again = simulate(400, (second) => (second % 200 > 5 && second % 200 < 20 ? 300 : 2_000));
    const waits = again.rungs.filter(({ rung }, at) => at > 0 && rung === 0).map(({ second }) => second % 200);
    expect(Math.abs((waits[0] ?? 0) - (waits[1] ?? 99))).toBeLessThan(5);
  });

  it("is made anew when the clock was set back: nobody waits for what it showed", () => {
    const hour = 3_600_000;
    const ladder = [1_600, 864, 240];
    let choice = chooseRung(startRung(hour), { now: hour + 250, waitingSeconds: 1.2, sentOctets: 0 }, ladder);
    expect(choice).toMatchObject({ rung: 1, by: "down" });
    for (let now = 0; now <= 1_750; now += 250) {
      choice = chooseRung(choice, { now, waitingSeconds: 1.2, sentOctets: 0 }, ladder);
    }
    expect(choice.rung).toBe(2);
  });

  it("goes down at once to what the measured drain carries", () => {
    const { rungs } = simulate(20, () => 280, [1_600, 864, 240]);
    expect(rungs[1]).toMatchObject({ rung: 2 });
    const { rungs: middle } = simulate(10, () => 1_100, [1_600, 864, 240]);
    expect(middle[1]).toMatchObject({ rung: 1 });
  });
});
