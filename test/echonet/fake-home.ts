/** A session of the adapter on a fake LAN, with what tests ask of it. */

import type { Adapter, Change, DeviceRef, Session, Sighting } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { FakeLan, type FakeNode } from "../fakes/fake-echonet-node.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";
import { lampDescriptor } from "./lamp-descriptor.ts";

export interface FakeHome {
  readonly host: FakeHost;
  readonly lan: FakeLan;
  readonly session: Session;
  readonly sightings: Sighting[];
  readonly signal: AbortSignal;
  pass(ms: number): Promise<void>;
  /** The device that is at this address now. */
  at(address: string): DeviceRef;
  /** Runs the clock until the promise settles; the milliseconds that it took beside what it brought. */
  timed<T>(promise: Promise<T>): Promise<{ readonly result: T; readonly ms: number }>;
  describe(ref: DeviceRef, model?: Descriptor): Promise<Descriptor>;
  set(ref: DeviceRef, descriptor: Descriptor, values: JsonObject): ReturnType<Session["set"]>;
  get(ref: DeviceRef, descriptor: Descriptor, names: readonly string[]): ReturnType<Session["get"]>;
  /** Everything that a subscription tells from now on. */
  watch(ref: DeviceRef, descriptor: Descriptor): Change[];
  close(): Promise<void>;
}

interface HomeOptions {
  readonly config?: JsonObject;
  readonly host?: FakeHost;
}

/** Opens a session, and lets it find what is there. */
export async function openFakeHome(
  nodes: readonly FakeNode[],
  { config = {}, host = fakeHost() }: HomeOptions = {},
): Promise<FakeHome> {
  const lan = new FakeLan(host.clock);
  for (const node of nodes) lan.plug(node);
  return { ...(await openHome(createEchonetAdapter(lan.openTransport), { config, host })), lan };
}

/** The same over any wire. */
export async function openHome(
  adapter: Adapter,
  { config = {}, host = fakeHost() }: HomeOptions,
): Promise<Omit<FakeHome, "lan">> {
  const leave = new AbortController();
  const { signal } = leave;
  const session = await adapter.open(config, host, signal);
  const sightings: Sighting[] = [];
  const reading = collect(session.discover({ signal, active: false }), sightings);
  const pass = (ms: number): Promise<void> => host.clock.advance(ms);

  async function timed<T>(promise: Promise<T>): Promise<{ result: T; ms: number }> {
    const start = host.clock.now();
    let end: number | undefined;
    const done = promise.finally(() => {
      end = host.clock.now();
    });
    done.catch(() => undefined);
    for (let waits = 0; end === undefined && waits < 60_000; waits++) await pass(1);
    return { result: await done, ms: (end ?? Number.POSITIVE_INFINITY) - start };
  }

  await pass(500);
  return {
    host,
    session,
    sightings,
    signal,
    pass,
    timed,
    at(address) {
      const ref = sightings.findLast((sighting) => sighting.ref.address === address)?.ref;
      if (ref === undefined) throw new Error(`nothing was found at ${address}`);
      return ref;
    },
    describe: async (ref, model = lampDescriptor) => (await timed(session.describe(ref, model, { signal }))).result,
    set: async (ref, descriptor, values) => (await timed(session.set(ref, descriptor, values, { signal }))).result,
    get: async (ref, descriptor, names) => (await timed(session.get(ref, descriptor, names, { signal }))).result,
    watch(ref, descriptor) {
      const changes: Change[] = [];
      void collect(session.subscribe(ref, descriptor, { signal }), changes);
      return changes;
    },
    async close() {
      leave.abort();
      await pass(0);
      await reading;
    },
  };
}

/** The last value told of each property. */
export function lastValues(changes: readonly Change[]): Record<string, Json> {
  return Object.fromEntries(
    changes.flatMap((change) => (change.type === "value" ? [[change.property, change.value]] : [])),
  );
}

/** The values told of one property, in order. */
export function valuesOf(changes: readonly Change[], property: string): Json[] {
  return changes.flatMap((change) => (change.type === "value" && change.property === property ? [change.value] : []));
}
