import { describe, expect, it } from "vitest";
import type { Change, Sighting } from "../../gateway-core/contract/adapter.ts";
import { collect } from "../laws/adapter.law.ts";
import { end, endless, lamp, openAny } from "./any-adapter.ts";
import { wallLamp } from "./wall-lamp.ts";

const seen = (id: string, more: object = {}) => ({
  ...{ protocol: "wall", ref: { id, address: "here" }, key: { protocol: "wall", model: "lamp" } },
  ...more,
});
const coded = (code: unknown): Error => Object.assign(new Error("said by it"), { code });

describe("The discovery of an adapter of another package", () => {
  async function discovered(parts: () => unknown, ms = 0) {
    const opened = await openAny({ discover: parts });
    const leave = new AbortController();
    const found: Sighting[] = [];
    const reading = collect(opened.session.discover({ signal: leave.signal, active: false }), found);
    await opened.host.clock.advance(ms);
    return {
      ...opened,
      found,
      async stop() {
        leave.abort();
        await reading;
        expect(opened.host.clock.pending).toBe(0);
      },
    };
  }

  it("tells devices under ids of their own, and only what is of the right shape", async () => {
    const rubbish = [
      undefined,
      7,
      "text",
      [],
      {},
      seen("UPPER"),
      seen("a/b"),
      seen(""),
      seen("x".repeat(65)),
      seen("a", { protocol: "echonet" }),
      seen("a", { key: { protocol: "echonet", eojClass: "0x0001" } }),
      seen("a", { key: { protocol: "wall", model: 1 } }),
      seen("a", { ref: { id: "a", address: {} } }),
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("a trap");
          },
        },
      ),
    ];
    const { iterable, state } = endless([
      ...rubbish,
      seen("1"),
      seen("1", { gone: true, extra: () => 1 }),
      seen("2", { gone: true }),
    ]);
    const { found, faults, stop } = await discovered(() => iterable);
    expect(found).toEqual([
      { protocol: "wall", ref: { id: "wall-1", address: "here" }, key: { protocol: "wall", model: "lamp" } },
      {
        protocol: "wall",
        ref: { id: "wall-2", address: "here" },
        key: { protocol: "wall", model: "lamp" },
        gone: true,
      },
    ]);
    expect(faults()).toHaveLength(1);
    await stop();
    expect(state.isLeft).toBe(true);
  });

  it("is bounded: one adapter has two hundred devices, and no more sightings in a second than anybody could follow", async () => {
    let count = 0;
    async function* flood() {
      for (;;) yield seen(String(count++));
    }
    const { host, found, faults, stop } = await discovered(flood);
    expect([count, found.length]).toEqual([600, 200]);
    await host.clock.advance(1_000);
    expect(count).toBe(1_200);
    expect(faults()).toEqual(["more than 200 devices", expect.stringContaining("slowed down")]);
    await stop();
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw coded("no-such-code");
      },
    ],
    ["gives an array", () => [seen("1")]],
    ["gives an iterable without steps", () => ({ [Symbol.asyncIterator]: () => ({ next: 1 }) })],
    ["gives steps that are none", () => ({ [Symbol.asyncIterator]: () => ({ next: () => 7 }) })],
    [
      "fails on the way",
      async function* () {
        yield seen("1");
        throw new Error("lost");
      },
    ],
  ])("is asked again, later and later, when it %s", async (_what, discover) => {
    let asked = 0;
    const { host, faults, stop } = await discovered(() => {
      asked++;
      return discover();
    });
    expect(asked).toBe(1);
    await host.clock.advance(1_000);
    expect(asked).toBe(2);
    await host.clock.advance(120_000);
    expect(asked).toBeGreaterThan(4);
    expect(faults()).toHaveLength(1);
    await stop();
  });

  it("that has ended by itself is asked anew each minute", async () => {
    let asked = 0;
    const { host, stop } = await discovered(async function* () {
      asked++;
      yield seen("1");
    });
    await host.clock.advance(59_000);
    expect(asked).toBe(1);
    await host.clock.advance(1_000);
    expect(asked).toBe(2);
    await stop();
  });
});

describe("What an adapter of another package tells of a device", () => {
  async function told(changes: () => unknown, ms = 0) {
    const opened = await openAny({ subscribe: changes });
    const leave = new AbortController();
    const found: Change[] = [];
    const reading = end(collect(opened.session.subscribe(lamp, wallLamp, { signal: leave.signal }), found));
    await opened.host.clock.advance(ms);
    return { ...opened, found, reading, leave };
  }

  it("is only what is of the right shape, and a value of its property", async () => {
    const rubbish = [
      null,
      {},
      { type: "value" },
      { type: "value", property: "power", value: "on" },
      { type: "value", property: "stranger", value: 1 },
      { type: "value", property: "__proto__", value: 1 },
      { type: "value", property: "power", value: 10n },
      { type: "availability" },
      { type: "event", name: "a/b" },
      { type: "event", name: "pressed", data: "x".repeat(70_000) },
      { type: "other" },
    ];
    const good: Change[] = [
      { type: "value", property: "power", value: true },
      { type: "value", property: "power", value: null },
      { type: "availability", available: false },
      { type: "event", name: "pressed", data: { times: 2 } },
      { type: "description" },
    ];
    const { iterable } = endless([...rubbish, ...good]);
    const { found, faults, leave, reading, host } = await told(() => iterable);
    expect(found).toEqual(good);
    expect(faults()).toHaveLength(1);
    leave.abort();
    await reading;
    expect(host.clock.pending).toBe(0);
  });

  it("is slowed down where it is a flood, and others have their turn", async () => {
    let count = 0;
    const { host, found, leave, reading } = await told(async function* () {
      for (;;) yield { type: "event", name: "tick", data: count++ };
    });
    expect(found).toHaveLength(600);
    await host.clock.advance(3_000);
    expect(found).toHaveLength(2_400);
    leave.abort();
    await reading;
  });

  it("fails with a code of the house, and whoever follows it asks again", async () => {
    const { reading } = await told(async function* () {
      yield { type: "availability", available: true };
      throw coded("device-silent");
    });
    expect(await reading).toMatchObject({ code: "device-silent" });
  });
});
