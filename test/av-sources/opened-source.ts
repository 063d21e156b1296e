/** One source of the adapter as a viewer has it, on this machine's own wires or a test's. */

import file from "../../device-descriptors/av/file.json" with { type: "json" };
import network from "../../device-descriptors/av/network.json" with { type: "json" };
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { createAvAdapter } from "../../gateway-core/av-sources/av-adapter.ts";
import type { AvWires } from "../../gateway-core/av-sources/wires.ts";
import type { Change, DeviceRef, Session } from "../../gateway-core/contract/adapter.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";

export interface OpenedSource {
  readonly session: Session;
  readonly host: FakeHost;
  readonly ref: DeviceRef;
  readonly changes: Change[];
  /** What was told last of a property, or of being there. */
  told(property: string): unknown;
  watch(signal?: AbortSignal): Promise<AvSource>;
  /** Lets time go by, a moment for the machine after each tenth of a second, until it holds. */
  passUntil(holds: () => boolean): Promise<void>;
}

export async function openSource(
  from: string,
  { loop = false, wires, own = "Tuner" }: { loop?: boolean; wires?: AvWires; own?: string } = {},
): Promise<OpenedSource & AsyncDisposable> {
  const host = fakeHost();
  const life = new AbortController();
  const config = { sources: [{ name: own, from, loop }], pollMs: 500 };
  const session = await createAvAdapter(wires).open(config, host, life.signal);
  const changes: Change[] = [];
  const model = parseDescriptor(/^(tcp|http)/.test(from) ? network : file);
  let ref: DeviceRef | undefined;
  for await (const sighting of session.discover({ signal: life.signal, active: true })) {
    ref = sighting.ref;
    break;
  }
  const known = ref ?? { id: "none", address: "" };
  const call = { signal: life.signal };
  const descriptor = await session.describe(known, model, call);
  void (async () => {
    for await (const change of session.subscribe(known, descriptor, call)) changes.push(change);
  })();
  const told = (property: string): unknown =>
    changes.findLast((change) => (change.type === "value" ? change.property === property : change.type === property));
  return {
    ...{ session, host, ref: known, changes },
    told(property) {
      const last = told(property);
      return last !== null && typeof last === "object" && "value" in last ? last.value : last;
    },
    watch: (signal = life.signal) =>
      session.stream === undefined
        ? Promise.reject(new Error("no stream"))
        : session.stream(known, descriptor, { signal }),
    async passUntil(holds) {
      for (let turn = 0; !holds(); turn++) {
        if (turn > 5_000) throw new Error("what was waited for did not come");
        await host.clock.advance(100);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    async [Symbol.asyncDispose]() {
      life.abort();
      await session[Symbol.asyncDispose]();
    },
  };
}

/** What watching was refused with. */
export const refusal = (watching: Promise<AvSource>): Promise<unknown> =>
  watching.then(
    () => "watched",
    (thrown) => thrown,
  );

/** Reads until it ends, has so many octets, or is left. */
export function reading({ octets }: AvSource) {
  const state = { octets: 0, pieces: [] as Uint8Array[], isOver: false, thrown: undefined as unknown };
  const done = (async () => {
    try {
      for await (const piece of octets) {
        state.octets += piece.length;
        state.pieces.push(piece);
      }
    } catch (thrown) {
      state.thrown = thrown;
    }
    state.isOver = true;
  })();
  return Object.assign(state, { done });
}
