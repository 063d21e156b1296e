import { describe, expect, it } from "vitest";
import { createOpenAnswers } from "../../../access-broker/internet/open-answers.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const source = "192.0.2.1";

function open() {
  const clock = new FakeClock();
  const sights = new Map<string, string | undefined>([["s1", "lamp"]]);
  const answers = createOpenAnswers(clock, async (session) => sights.get(session));
  const hold = (session = "s1", sight: string | undefined = "lamp") =>
    answers.hold({ session, source, sight }, new AbortController().signal, new Promise(() => undefined));
  return { clock, sights, answers, hold };
}

describe("An answer that stays open", () => {
  it("stays while its session sees the same", async () => {
    const { clock, hold } = open();
    const held = hold();
    for (let at = 0; at < 5; at++) await clock.advance(10_000);
    expect(held.aborted).toBe(false);
  });

  it("ends within ten seconds when the session sees more, less or nothing", async () => {
    for (const sight of ["lamp and door", "", undefined]) {
      const { clock, sights, hold } = open();
      const held = hold();
      sights.set("s1", sight);
      await clock.advance(10_000);
      expect(held.aborted, sight).toBe(true);
    }
  });

  it("ends at once when somebody says that something has changed, and nobody else's does", async () => {
    const { sights, answers, hold } = open();
    sights.set("s2", "all");
    const [changed, other] = [hold(), hold("s2", "all")];
    sights.set("s1", "door");
    await answers.recheck();
    expect([changed.aborted, other.aborted]).toEqual([true, false]);
  });

  it("that was asked for before a change and began after it ends too", async () => {
    const { sights, answers, hold } = open();
    sights.set("s1", "door");
    const held = hold();
    await answers.recheck();
    expect(held.aborted).toBe(true);
  });

  it("ends with its session", () => {
    const { answers, hold } = open();
    const held = hold();
    answers.end("s1");
    expect(held.aborted).toBe(true);
  });
});
