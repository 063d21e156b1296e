/** What every adapter keeps, whatever its protocol (contract/adapter.ts). */

import { afterEach, describe, expect, it } from "vitest";
import type { Adapter, Change, DeviceRef, Session, Sighting } from "../../gateway-core/contract/adapter.ts";
import type { Host } from "../../gateway-core/contract/clock.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";

/** One device on a wire of the adapter's own kind, and what can be done to it. */
export interface AdapterWorld extends AsyncDisposable {
  readonly adapter: Adapter;
  readonly config: JsonObject;
  readonly host: Host;
  readonly model: Descriptor;
  /** Properties of the model: one that can be set and read (of a device that has any), one that the device lacks, one that it has but does not let set. */
  readonly settable?: { readonly name: string; readonly before: Json; readonly after: Json };
  readonly absent: string;
  readonly fixed: string;
  /** A value that the descriptor allows and the device refuses; of a device that can be set. */
  readonly refused?: { readonly name: string; readonly value: Json };
  /** The device sends pictures. */
  readonly sendsPictures?: boolean;
  /** What it is is known without it: it is described whether or not it answers. */
  readonly isKnownBeforehand?: boolean;
  readonly availabilityMs: number;
  /** The device changes by itself; what it then tells. */
  changeAtDevice(): { readonly property: string; readonly value: Json };
  unplug(): void;
  plugIn(): void;
  /** Lets time go by. */
  pass(ms: number): Promise<void>;
  /** Whether anything of the adapter still holds on to the wire. */
  isWireHeld(): boolean;
}

export function adapterLaw(name: string, openWorld: () => Promise<AdapterWorld>): void {
  describe(`${name} keeps the law of adapters:`, () => {
    const leaving: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const leave of leaving.splice(0).toReversed()) await leave();
    });

    async function arrive(): Promise<{ world: AdapterWorld; call: { signal: AbortSignal }; leave: AbortController }> {
      const world = await openWorld();
      const leave = new AbortController();
      leaving.push(async () => {
        leave.abort();
        await world[Symbol.asyncDispose]();
      });
      return { world, leave, call: { signal: leave.signal } };
    }

    async function meet() {
      const { world, call, leave } = await arrive();
      const session = await world.adapter.open(world.config, world.host, leave.signal);
      const ref = await findFirst(world, session);
      const descriptor = await settleWith(world, session.describe(ref, world.model, call));
      return { world, session, ref, descriptor, call, leave };
    }

    it("a device is found, with a stable id that is a topic's word", async () => {
      const { world, session, ref } = await meet();
      expect(ref.id).toMatch(/^[a-z0-9-]+$/);
      await session[Symbol.asyncDispose]();
      const again = await world.adapter.open(world.config, world.host, new AbortController().signal);
      expect((await findFirst(world, again)).id).toBe(ref.id);
      await again[Symbol.asyncDispose]();
    });

    it("discovery tells each caller what is known, as plain data, and ends with its signal", async () => {
      const { world, session, ref } = await meet();
      const leave = new AbortController();
      const seen: Sighting[] = [];
      const reading = collect(session.discover({ signal: leave.signal, active: false }), seen);
      await world.pass(10);
      expect(seen.map((sighting) => sighting.ref.id)).toContain(ref.id);
      expect(structuredClone(seen)).toEqual(seen);
      leave.abort();
      await reading;
    });

    it("a description holds only what the device has, and says what cannot be set", async () => {
      const { world, descriptor } = await meet();
      expect(descriptor.properties).not.toHaveProperty(world.absent);
      expect(descriptor.properties[world.fixed]).toMatchObject({ readOnly: true });
      const { settable } = world;
      if (settable !== undefined) expect(descriptor.properties[settable.name]?.readOnly ?? false).toBe(false);
      expect(structuredClone(descriptor)).toEqual(descriptor);
    });

    it("a device that sends no pictures is offered without a stream, and so is every device of an adapter without streams", async () => {
      const { world, session, ref, call } = await meet();
      const model = { ...world.model, "gk:stream": true };
      const described = await settleWith(world, session.describe(ref, model, call));
      if (world.sendsPictures) expect(described).toHaveProperty("gk:stream", true);
      else expect(described).not.toHaveProperty("gk:stream");
    });

    it("a stream is only of a device that was found", async () => {
      const { world, session, descriptor, call } = await meet();
      if (session.stream === undefined) return;
      const opening = session.stream({ id: "never-seen", address: "" }, descriptor, call);
      expect(
        await settleWith(
          world,
          opening.catch((thrown: unknown) => thrown),
        ),
      ).toMatchObject({ code: "unknown-device" });
    });

    it("a get tells of each name a value or an error", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      const { name, before } = world.settable ?? { name: world.fixed, before: expect.anything() };
      const outcome = await settleWith(world, session.get(ref, descriptor, [name, "no-such-name"], call));
      expect(outcome.values).toEqual({ [name]: before });
      expect(outcome.errors).toEqual({ "no-such-name": expect.objectContaining({ code: "unknown-property" }) });
    });

    it("what cannot be set is refused as such, each name by itself", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      if (world.settable !== undefined) return;
      const values = { [world.fixed]: 1, [world.absent]: 1 };
      expect(await settleWith(world, session.set(ref, descriptor, values, call))).toEqual({
        values: {},
        errors: {
          [world.fixed]: expect.objectContaining({ code: "read-only" }),
          [world.absent]: expect.objectContaining({ code: "unknown-property" }),
        },
      });
    });

    it("a set is confirmed by what the device then reports", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      if (world.settable === undefined) return;
      const { name, after } = world.settable;
      const outcome = await settleWith(world, session.set(ref, descriptor, { [name]: after }, call));
      expect(outcome).toEqual({ values: { [name]: after }, errors: {} });
    });

    it("what a device refuses is an error of its own beside what it accepts", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      const { settable, refused } = world;
      if (settable === undefined || refused === undefined) return;
      const values = { [settable.name]: settable.after, [refused.name]: refused.value };
      const outcome = await settleWith(world, session.set(ref, descriptor, values, call));
      expect(outcome.values).toEqual({ [settable.name]: settable.after });
      expect(outcome.errors).toEqual({ [refused.name]: expect.objectContaining({ code: "device-refused" }) });
    });

    it("a device that does not answer fails a command and a description as silent", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      world.unplug();
      if (world.settable !== undefined) {
        const { name, after } = world.settable;
        const outcome = await settleWith(world, session.set(ref, descriptor, { [name]: after }, call));
        expect(outcome).toEqual({ values: {}, errors: { [name]: expect.objectContaining({ code: "device-silent" }) } });
      }
      if (world.isKnownBeforehand) {
        expect(await settleWith(world, session.describe(ref, world.model, call))).toEqual(descriptor);
        return;
      }
      const described = session.describe(ref, world.model, call).catch((thrown: unknown) => thrown);
      expect(await settleWith(world, described)).toMatchObject({ code: "device-silent" });
    });

    it("a subscriber gets every readable value once, then each change", async () => {
      const { world, session, ref, descriptor, leave, call } = await meet();
      const changes: Change[] = [];
      const reading = collect(session.subscribe(ref, descriptor, call), changes);
      await world.pass(1_000);
      const told = changes.flatMap((change) => (change.type === "value" ? [change.property] : []));
      const readable = Object.keys(descriptor.properties).filter((name) => !descriptor.properties[name]?.writeOnly);
      expect(new Set(told)).toEqual(new Set(readable));
      const expected = world.changeAtDevice();
      await world.pass(1_000);
      expect(changes).toContainEqual({ type: "value", ...expected });
      leave.abort();
      await reading;
    });

    it("a device that falls silent is unavailable within the deadline, and back by itself with fresh values", async () => {
      const { world, session, ref, descriptor, leave, call } = await meet();
      const changes: Change[] = [];
      const reading = collect(session.subscribe(ref, descriptor, call), changes);
      await world.pass(1_000);
      world.unplug();
      await world.pass(world.availabilityMs);
      expect(changes.at(-1)).toEqual({ type: "availability", available: false });
      const before = changes.length;
      world.plugIn();
      await world.pass(1_000);
      const since = changes.slice(before);
      expect(since[0]).toEqual({ type: "availability", available: true });
      expect(since.filter((change) => change.type === "value").length).toBeGreaterThan(0);
      leave.abort();
      await reading;
    });

    it("an aborted call ends at once", async () => {
      const { world, session, ref, descriptor } = await meet();
      world.unplug();
      const leave = new AbortController();
      const name = world.settable?.name ?? world.fixed;
      const getting = session.get(ref, descriptor, [name], { signal: leave.signal }).catch(() => "ended");
      leave.abort();
      expect(await getting).toBe("ended");
    });

    it("a closed session holds on to nothing", async () => {
      const { world, session, ref, descriptor, call } = await meet();
      const reading = collect(session.subscribe(ref, descriptor, call), []);
      await world.pass(10);
      await session[Symbol.asyncDispose]();
      await reading;
      await world.pass(1);
      expect(world.isWireHeld()).toBe(false);
    });

    it("wrong settings are refused", async () => {
      const { world } = await arrive();
      const opening = world.adapter.open({ "no-such-setting": 1 }, world.host, new AbortController().signal);
      await expect(opening).rejects.toMatchObject({ code: "settings-invalid" });
    });
  });
}

/** The first device that discovery tells of. */
async function findFirst(world: Pick<AdapterWorld, "pass">, session: Session): Promise<DeviceRef> {
  const leave = new AbortController();
  const seen: Sighting[] = [];
  const reading = collect(session.discover({ signal: leave.signal, active: true }), seen);
  for (let waits = 0; seen.length === 0 && waits < 100; waits++) await world.pass(50);
  leave.abort();
  await reading;
  const [first] = seen;
  if (first === undefined) throw new Error("discovery found nothing");
  return first.ref;
}

/** Lets time go by until the promise settles. */
async function settleWith<T>(world: Pick<AdapterWorld, "pass">, promise: Promise<T>): Promise<T> {
  const settled = { is: false };
  const done = promise.finally(() => {
    settled.is = true;
  });
  done.catch(() => undefined);
  for (let waits = 0; !settled.is && waits < 1_000; waits++) await world.pass(20);
  return done;
}

export async function collect<T>(items: AsyncIterable<T>, into: T[]): Promise<void> {
  for await (const item of items) into.push(item);
}
