import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";
import { anySession, call, end, endless, faultsOf, lamp, never, openAny, openWith } from "./any-adapter.ts";
import { wallLamp } from "./wall-lamp.ts";

const failed = expect.objectContaining({ code: "adapter-failed" });
const trap = (): never => {
  throw new Error("a trap");
};
const coded = (code: unknown): Error => Object.assign(new Error("said by it"), { code });

describe("Opening an adapter of another package", () => {
  it.each<[string, () => unknown]>([
    [
      "throws at once",
      () => {
        throw new TypeError("oops");
      },
    ],
    ["rejects with no error at all", () => Promise.reject(undefined)],
    ["gives nothing", () => undefined],
    ["gives a session without set", () => anySession({ set: undefined })],
    ["gives a session that cannot be disposed of", () => anySession({ [Symbol.asyncDispose]: 1 })],
    [
      "gives a session that throws when it is read",
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error("a trap");
            },
          },
        ),
    ],
  ])("fails as adapter-failed when it %s, and leaves nothing waiting", async (_what, open) => {
    const host = fakeHost();
    expect(await end(openWith(open, host))).toEqual(failed);
    await settle();
    expect([host.clock.pending, faultsOf(host).length]).toEqual([0, 1]);
  });

  it("says what it may say by its code", async () => {
    expect(await end(openWith(() => Promise.reject(coded("address-unusable")), fakeHost()))).toMatchObject({
      ...{ code: "address-unusable", message: "said by it" },
    });
  });

  it("has half a minute; a session that comes later is disposed of", async () => {
    const host = fakeHost();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let told: AbortSignal | undefined;
    let isGone = false;
    const open = (_: unknown, __: unknown, signal: AbortSignal) => {
      told = signal;
      return promise;
    };
    const opening = end(openWith(open, host));
    await host.clock.advance(30_000);
    expect(await opening).toEqual(failed);
    expect(told?.aborted).toBe(true);
    resolve(
      anySession({
        [Symbol.asyncDispose]: () => {
          isGone = true;
        },
      }),
    );
    await settle();
    expect([isGone, host.clock.pending]).toEqual([true, 0]);
  });
});

describe("A call to an adapter of another package", () => {
  it.each<[string, () => unknown, unknown]>([
    [
      "throws at once",
      () => {
        throw new Error("oops");
      },
      "adapter-failed",
    ],
    ["rejects with a text", () => Promise.reject("oops"), "adapter-failed"],
    ["rejects with null", () => Promise.reject(null), "adapter-failed"],
    ["rejects with a code that it may say", () => Promise.reject(coded("device-silent")), "device-silent"],
    ["rejects with a code that is the gateway's own", () => Promise.reject(coded("not-granted")), "adapter-failed"],
    ["answers nothing", () => undefined, "adapter-failed"],
    ["answers what throws when it is looked at", () => new Proxy({}, { get: trap }), "adapter-failed"],
    ["answers values that are no object", () => ({ values: [], errors: {} }), "adapter-failed"],
  ])("fails with a code of the house when it %s", async (_what, answer, code) => {
    const { session, host } = await openAny({ get: answer, set: answer, invoke: answer, describe: answer });
    const ends = [
      session.get(lamp, wallLamp, ["power"], call()),
      session.set(lamp, wallLamp, { power: true }, call()),
      session.invoke(lamp, wallLamp, "blink", null, call()),
      session.describe(lamp, wallLamp, call()),
    ].map(end);
    for (const thrown of (await Promise.all(ends)).slice(0, 3)) {
      expect(thrown).toBeInstanceOf(HomeError);
      expect(thrown).toMatchObject({ code });
    }
    expect(await ends[3]).toBeInstanceOf(HomeError);
    expect(host.clock.pending).toBe(0);
  });

  it("has its time, and ends at once with its signal or with the session", async () => {
    const { session, host } = await openAny({ get: never, describe: never, set: never });
    const asked = [session.get(lamp, wallLamp, ["power"], call()), session.describe(lamp, wallLamp, call())].map(end);
    await host.clock.advance(30_000);
    expect(await Promise.all(asked)).toEqual([failed, failed]);
    const leave = new AbortController();
    const left = end(session.get(lamp, wallLamp, ["power"], { signal: leave.signal }));
    leave.abort(new HomeError("device-silent", "later than wanted"));
    expect(await left).toMatchObject({ code: "device-silent" });
    const setting = end(session.set(lamp, wallLamp, { power: true }, call()));
    await session[Symbol.asyncDispose]();
    expect(await setting).toMatchObject({ code: "device-unavailable" });
    expect(host.clock.pending).toBe(0);
  });

  it("tells of each name that was asked for, and of no other; a value is one of its property", async () => {
    const outcome = {
      values: { power: "yes", brightness: 40, stranger: 1, place: () => "kitchen" },
      errors: {
        temperature: { code: "device-refused", message: "too hot", secret: 1 },
        fault: { code: "audit-broken" },
      },
    };
    const { session } = await openAny({ get: () => ({ ...outcome, values: { ...outcome.values, place: undefined } }) });
    const told = await session.get(lamp, wallLamp, ["power", "brightness", "temperature", "fault", "place"], call());
    expect(told).toEqual({
      values: { brightness: 40 },
      errors: {
        ...{ power: failed, fault: failed, place: failed },
        temperature: { code: "device-refused", message: "too hot" },
      },
    });
    const functions = await openAny({ get: () => outcome });
    expect(await end(functions.session.get(lamp, wallLamp, ["power"], call()))).toEqual(failed);
  });

  it("of an action may tell what the device then reports, or why it did not do it", async () => {
    const answers = [
      { values: { power: true, stranger: 1 }, errors: {} },
      { values: {}, errors: { blink: { code: "device-refused", message: "no" } } },
    ];
    const { session } = await openAny({ invoke: () => answers.shift() });
    const invoke = () => session.invoke(lamp, wallLamp, "blink", null, call());
    expect(await invoke()).toEqual({ values: { power: true }, errors: { stranger: failed } });
    expect(await invoke()).toEqual({
      values: {},
      errors: { blink: expect.objectContaining({ code: "device-refused" }) },
    });
  });

  it("cannot change what the gateway has", async () => {
    const spoil = (_: unknown, descriptor: { properties: object }) => {
      Object.assign(descriptor.properties, { spoilt: 1 });
      return wallLamp;
    };
    const { session } = await openAny({ describe: spoil, get: spoil });
    const described = await session.describe(lamp, wallLamp, call());
    expect(wallLamp.properties).not.toHaveProperty("spoilt");
    expect(await end(session.get(lamp, described, ["power"], call()))).toEqual(failed);
    expect(described.properties).not.toHaveProperty("spoilt");
  });

  it("is given the device as its adapter named it", async () => {
    const refs: unknown[] = [];
    const { session } = await openAny({ get: (ref: unknown) => refs.push(ref) });
    await end(session.get({ id: "wall-a-b", address: "x" }, wallLamp, [], call()));
    expect(refs).toEqual([{ id: "a-b", address: "x" }]);
  });
});

describe("What an adapter of another package says that a device is", () => {
  it("is judged as any descriptor", async () => {
    const { session, faults } = await openAny({ describe: () => ({ ...wallLamp, "gk:kind": "spaceship" }) });
    expect(await end(session.describe(lamp, wallLamp, call()))).toMatchObject({ code: "descriptor-invalid" });
    expect(faults()).toEqual([expect.stringContaining("gk:kind")]);
  });

  it("has a screen of what it has, and no stream where its adapter opens none", async () => {
    const { power, brightness } = wallLamp.properties;
    const answer = { ...wallLamp, properties: { power, brightness }, "gk:stream": true };
    const { session } = await openAny({ describe: () => answer });
    const described = await session.describe(lamp, wallLamp, call());
    expect(described["gk:screen"]).toEqual({ compact: ["power"] });
    expect(described).not.toHaveProperty("gk:stream");
    const sending = await openAny({ describe: () => answer, stream: never });
    expect(await sending.session.describe(lamp, wallLamp, call())).toHaveProperty("gk:stream", true);
  });

  it("never is anything but a descriptor or an error of the house, whatever it answers", async () => {
    let answer: unknown;
    const { session } = await openAny({ describe: () => answer });
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withDate: true, withMap: true }), async (any) => {
        answer = any;
        expect(await end(session.describe(lamp, wallLamp, call()))).toBeInstanceOf(HomeError);
      }),
      { numRuns: 60 },
    );
  });
});

describe("Letting go of an adapter of another package", () => {
  it.each<[string, () => unknown]>([
    ["never ends", never],
    [
      "throws",
      () => {
        throw new Error("oops");
      },
    ],
    ["rejects", () => Promise.reject(new Error("oops"))],
  ])("takes five seconds at most when its disposal %s, and is told", async (_what, dispose) => {
    const { session, host, faults } = await openAny({ [Symbol.asyncDispose]: dispose });
    const gone = session[Symbol.asyncDispose]();
    await host.clock.advance(5_000);
    await gone;
    expect(faults()).toHaveLength(1);
    await session[Symbol.asyncDispose]();
    expect(host.clock.pending).toBe(0);
  });

  it("ends what it was given a signal for, and what still runs", async () => {
    const host = fakeHost();
    let life: AbortSignal | undefined;
    const { iterable, state } = endless([{ type: "availability", available: true }]);
    const session = await openWith((_: unknown, __: unknown, signal: AbortSignal) => {
      life = signal;
      return anySession({ subscribe: () => iterable });
    }, host);
    const reading = collect(session.subscribe(lamp, wallLamp, call()), []);
    await settle();
    await session[Symbol.asyncDispose]();
    await reading;
    expect([life?.aborted, state.isLeft, host.clock.pending]).toEqual([true, true, 0]);
  });
});
