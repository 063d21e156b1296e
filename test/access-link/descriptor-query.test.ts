import { describe, expect, it } from "vitest";
import { createDescriptorQuery } from "../../gateway-core/access-link/descriptor-query.ts";
import type { LearnedDescriptors } from "../../gateway-core/access-link/learned-descriptors.ts";
import type { DescriptorEvent } from "../../gateway-core/contract/descriptor-events.ts";
import type { DescriptorAnswer } from "../../gateway-core/contract/descriptor-query.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { UpMessage } from "../../gateway-core/contract/link.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lampModel } from "../fakes/fake-session.ts";

const gateway = { id: "g", model: "home-gateway", version: "0.1.0" };
const lamp = { protocol: "fake", model: "lamp" };
const fan = { protocol: "fake", model: "fan" };
const signed = { answer: "signed", statement: "good", signature: "s" } as const;
const hourMs = 60 * 60_000;

function setUp() {
  const host = fakeHost();
  const asked: (UpMessage & { topic: "up/descriptor" })["body"][] = [];
  const events: DescriptorEvent[] = [];
  let isLearned = false;
  const learned: LearnedDescriptors = {
    list: () => (isLearned ? [lampModel] : []),
    bestFor: ({ model }) => (isLearned && model === "lamp" ? { type: "fake:lamp", sequence: 5 } : undefined),
    accept({ statement }) {
      if (statement === "forged") throw new HomeError("descriptor-untrusted", "forged", { reason: "signature" });
      isLearned = statement === "good";
      return isLearned
        ? { type: "descriptor", descriptor: lampModel }
        : { type: "withdrawn", descriptorType: "fake:lamp" };
    },
  };
  const query = createDescriptorQuery({ host, gateway, learned });
  query.onEvent((event) => events.push(event));
  const line = (message: UpMessage): void => void (message.topic === "up/descriptor" && asked.push(message.body));
  const want = (...keys: (typeof lamp)[]): void =>
    query.receive({ type: "wanted", protocol: "fake", wanted: keys.map((key) => ({ key, matched: 0 })) });
  const hear = (sequence: number): void => query.hear({ topic: "down/descriptors", body: { sequence } });
  type Said = DescriptorAnswer extends infer A ? (A extends DescriptorAnswer ? Omit<A, "id"> : never) : never;
  const answer = (said: Said, id = asked.at(-1)?.id ?? ""): void =>
    query.hear({ topic: "down/descriptor", body: { id, ...said } as DescriptorAnswer });
  const stateOf = (model: string) =>
    events
      .flatMap((event) => (event.type === "asked" ? [event.asked] : []))
      .at(-1)
      ?.find(({ key }) => key["model"] === model)?.state;
  return { host, clock: host.clock, query, asked, events, line, want, hear, answer, stateOf };
}

describe("The search for a descriptor", () => {
  it("begins when the provider says that it can be asked, and says at once that it is under way", () => {
    const { query, asked, line, want, hear, stateOf } = setUp();
    want(lamp);
    expect(stateOf("lamp")).toBe("asking");
    query.setLine(line);
    expect(asked).toEqual([]);
    hear(1);
    expect(asked).toMatchObject([{ gateway, key: lamp, matched: 0, has: null }]);
  });

  it("asks one question at a time, for what is most lacking first, with a pause between", async () => {
    const { query, clock, asked, line, hear, answer } = setUp();
    const known = { key: { ...fan, maker: "m" }, matched: 2 };
    query.receive({
      type: "wanted",
      protocol: "fake",
      wanted: [known, { key: lamp, matched: 0 }, { key: fan, matched: 0 }],
    });
    query.setLine(line);
    hear(1);
    await clock.advance(1_000);
    expect(asked.map(({ key }) => key)).toEqual([lamp]);
    for (let n = 0; n < 3; n++) {
      answer({ answer: "unknown" });
      await clock.advance(250);
    }
    expect(asked.map(({ matched }) => matched)).toEqual([0, 0, 2]);
  });

  it("tells what it learned before it stops saying that it asks, and tells of what it has from then on", async () => {
    const { query, clock, asked, events, line, want, hear, answer } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    answer(signed);
    expect(events.map(({ type }) => type)).toEqual(["asked", "descriptor", "asked"]);
    expect(events.at(-1)).toEqual({ type: "asked", asked: [] });
    expect(query.snapshot()).toEqual({ type: "learned", descriptors: [lampModel] });
    hear(2);
    await clock.advance(2_000);
    expect(asked.at(-1)?.has).toEqual({ type: "fake:lamp", sequence: 5 });
    answer({ answer: "unchanged" });
    expect(events).toHaveLength(3);
  });

  it("is remembered as in vain, and begun again after one hour, two, four … and a day at most", async () => {
    const { query, clock, asked, line, want, hear, answer, stateOf } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    const waits: number[] = [];
    for (let n = 1; n <= 7; n++) {
      expect(asked).toHaveLength(n);
      answer({ answer: "unknown" });
      expect(stateOf("lamp")).toBe("unknown");
      const begun = clock.now();
      while (asked.length === n) await clock.advance(60_000);
      waits.push(clock.now() - begun);
    }
    // Three quarters of the full wait, as the fake host throws its dice.
    expect(waits.map((ms) => ms / hourMs)).toEqual([0.75, 1.5, 3, 6, 12, 18, 18]);
  });

  it("is begun again within seconds when the provider says that there is news", async () => {
    const { query, clock, asked, line, want, hear, answer } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    answer({ answer: "unknown" });
    hear(1);
    await clock.advance(10_000);
    expect(asked).toHaveLength(1);
    hear(2);
    await clock.advance(2_000);
    expect(asked).toHaveLength(2);
  });

  it("is not begun again by a link that was made anew, unless there was news meanwhile", async () => {
    const { query, clock, asked, line, want, hear, answer } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    answer({ answer: "unknown" });
    query.setLine(undefined);
    hear(1);
    query.setLine(line);
    await clock.advance(10_000);
    expect(asked).toHaveLength(1);
    query.setLine(undefined);
    query.setLine(line);
    hear(3);
    await clock.advance(2_000);
    expect(asked).toHaveLength(2);
  });

  it("goes on over a broken link and over an answer that never comes", async () => {
    const { query, clock, asked, line, want, hear, stateOf } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    query.setLine(undefined);
    await clock.advance(hourMs);
    expect(asked).toHaveLength(1);
    query.setLine(line);
    await clock.advance(1_000);
    expect(asked).toHaveLength(1);
    hear(1);
    expect(asked).toHaveLength(2);
    await clock.advance(30_000 + 45_000);
    expect(asked).toHaveLength(3);
    expect(stateOf("lamp")).toBe("asking");
  });

  it("heeds no answer that it did not ask for, and the same one once", () => {
    const { query, asked, events, line, want, hear, answer } = setUp();
    answer(signed, "x");
    want(lamp);
    query.setLine(line);
    hear(1);
    answer(signed, "other");
    expect(events.map(({ type }) => type)).toEqual(["asked"]);
    const [{ id } = { id: "" }] = asked;
    answer({ answer: "unknown" }, id);
    answer(signed, id);
    expect(events.map(({ type }) => type)).toEqual(["asked", "asked"]);
  });

  it("counts a refused answer as none, and tells each reason once in the log", async () => {
    const { host, query, clock, line, want, hear, answer, stateOf } = setUp();
    want(lamp);
    query.setLine(line);
    for (let sequence = 1; sequence <= 3; sequence++) {
      hear(sequence);
      await clock.advance(2_000);
      answer({ ...signed, statement: "forged" });
    }
    expect(stateOf("lamp")).toBe("unknown");
    expect(host.log.events("warn")).toEqual(["descriptor-refused"]);
  });

  it("says that it is in vain after a withdrawal", async () => {
    const { query, clock, events, line, want, hear, answer, stateOf } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    answer(signed);
    hear(2);
    await clock.advance(2_000);
    answer({ ...signed, statement: "withdrawn" });
    expect(stateOf("lamp")).toBe("unknown");
    expect(events.some(({ type }) => type === "withdrawn")).toBe(true);
  });

  it("ends with the last device of a make, and asks of one protocol as its list says", async () => {
    const { query, clock, asked, line, want, hear, answer } = setUp();
    want(lamp, fan);
    query.receive({ type: "wanted", protocol: "other", wanted: [{ key: { protocol: "other" }, matched: 0 }] });
    want(fan);
    query.setLine(line);
    hear(1);
    for (let n = 0; n < 4; n++) {
      answer({ answer: "unknown" });
      await clock.advance(250);
    }
    expect(asked.map(({ key }) => key)).toEqual([fan, { protocol: "other" }]);
  });

  it("ends when no wire says any more what is wanted: even an answer that is under way comes too late", () => {
    const { query, events, line, want, hear, answer } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    query.forget();
    answer(signed);
    expect(events).toMatchObject([
      { type: "asked", asked: [{ state: "asking" }] },
      { type: "asked", asked: [] },
    ]);
  });

  it("is bounded, and asks nothing that is too long to be asked", async () => {
    const { query, clock, asked, line, hear, answer } = setUp();
    const keys = Array.from({ length: 400 }, (_, n) => ({ key: { protocol: "fake", model: `m${n}` }, matched: 0 }));
    const long = { key: { protocol: "fake", model: "x".repeat(101) }, matched: 0 };
    query.receive({ type: "wanted", protocol: "fake", wanted: [long, ...keys] });
    query.setLine(line);
    hear(1);
    for (let n = 0; n < 400; n++) {
      answer({ answer: "unknown" });
      await clock.advance(250);
    }
    expect(new Set(asked.map(({ key }) => key["model"])).size).toBe(300);
    expect(asked.some(({ key }) => key["model"]?.startsWith("x"))).toBe(false);
  });

  it("leaves no timer behind", () => {
    const { query, clock, line, want, hear } = setUp();
    want(lamp);
    query.setLine(line);
    hear(1);
    query.close();
    expect(clock.pending).toBe(0);
  });
});
