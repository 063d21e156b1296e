/** Opens an adapter of another package whose session does what a test wants of it, behind its guard. */

import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import type { Session } from "../../gateway-core/contract/adapter.ts";
import { guardAdapter } from "../../gateway-core/plugin-adapters/guard-adapter.ts";
import { parsePlugin } from "../../gateway-core/plugin-adapters/parse-plugin.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { wallLamp } from "./wall-lamp.ts";

/** As a foreign package writes it: nothing holds it to any type. */
export type Foreign = Readonly<Record<string | symbol, unknown>>;

async function* nothing(): AsyncGenerator<never> {}

/** A session in order, of which parts are replaced. */
export const anySession = (parts: Foreign = {}): Foreign => ({
  discover: nothing,
  subscribe: nothing,
  describe: async () => wallLamp,
  get: async () => ({ values: {}, errors: {} }),
  set: async () => ({ values: {}, errors: {} }),
  invoke: async () => ({ values: {}, errors: {} }),
  [Symbol.asyncDispose]: async () => undefined,
  ...parts,
});

export const anyAdapter = (open: unknown, more: Foreign = {}): Foreign => ({ api: 1, protocol: "wall", open, ...more });

export interface Opened {
  readonly host: FakeHost;
  readonly session: Session;
  /** What is told of its faults. */
  faults(): unknown[];
}

export async function openAny(parts: Foreign = {}): Promise<Opened> {
  const host = fakeHost();
  const session = await openWith(() => anySession(parts), host);
  return { host, session, faults: () => faultsOf(host) };
}

export const faultsOf = ({ log }: FakeHost): unknown[] =>
  log.lines.filter(({ event }) => event === "adapter-fault").map(({ facts }) => facts["reason"]);

export function openWith(open: unknown, host: FakeHost, signal = new AbortController().signal): Promise<Session> {
  const plugin = parsePlugin(anyAdapter(open), "a-package", parseDescriptor);
  return guardAdapter(plugin, parseDescriptor).open({}, host, signal);
}

export const lamp = { id: "wall-1", address: "" };
export const call = (): { signal: AbortSignal } => ({ signal: new AbortController().signal });
/** What a promise ends with, whatever that is. */
export const end = (work: Promise<unknown>): Promise<unknown> => work.catch((thrown: unknown) => thrown);
export const never = (): Promise<never> => new Promise(() => undefined);
/** The iterable of an adapter that follows no rule: it does not end, and hears no signal. */
export const endless = (first: readonly unknown[] = []) => {
  const state = { isLeft: false };
  const waiting = [...first];
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      next: () => (waiting.length > 0 ? Promise.resolve({ value: waiting.shift(), done: false }) : never()),
      return() {
        state.isLeft = true;
        return never();
      },
    }),
  };
  return { state, iterable };
};
