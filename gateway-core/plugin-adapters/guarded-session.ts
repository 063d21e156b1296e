/**
 * The session of an adapter of another package, as any other (contract/adapter.ts Session): what it throws is an error of
 * the house, what it tells is of the right shape and of its own devices, and it has its time for everything.
 */

import type { Call, Change, DeviceRef, Outcome, Session, Sighting } from "../contract/adapter.ts";
import { type Host, sleep } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import { HomeError } from "../contract/errors.ts";
import { within } from "../contract/within.ts";
import type { Faults } from "./faults.ts";
import { foreignItems } from "./foreign-items.ts";
import { guardedStream } from "./guarded-stream.ts";
import { letGo } from "./let-go.ts";
import type { JudgeDescriptor } from "./parse-plugin.ts";
import { readDescription } from "./read-description.ts";
import { readChange, readSighting } from "./read-news.ts";
import { readOutcome } from "./read-outcome.ts";
import type { SessionCalls } from "./session-calls.ts";

export interface GuardedSessionOptions {
  readonly protocol: string;
  readonly calls: SessionCalls;
  readonly host: Host;
  readonly faults: Faults;
  readonly judge: JudgeDescriptor;
  /** Called once it has been disposed of. */
  readonly onClose: () => void;
}

const askMs = 30_000;
/** As long as the longest `gk:settle` and a little more: whoever commands has a deadline of its own. */
const commandMs = 3_660_000;
const streamMs = 20_000;
/** A discovery that ends by itself is asked anew; one that fails sooner, doubling. */
const anewMs = 60_000;
const firstRetryMs = 1_000;
/** One adapter must not take the places of all others' devices. */
const mostDevices = 200;
/** All properties of a large device at once, and more. */
const mostNewsInSecond = 600;

export function createGuardedSession(options: GuardedSessionOptions): Session {
  const { protocol, calls, host, faults, judge, onClose } = options;
  const { clock } = host;
  const closing = new AbortController();
  const known = new Set<string>();
  let gone: Promise<void> | undefined;

  const closed = (): HomeError =>
    new HomeError("device-unavailable", `the adapter ${protocol} is closed`, { protocol, reason: "closed" });
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  /** The device as its adapter knows it. */
  const own = ({ id, address }: DeviceRef): DeviceRef => ({ id: id.slice(protocol.length + 1), address });

  async function ask<T>(
    name: string,
    ms: number,
    { signal }: Call,
    work: (call: Call) => T | PromiseLike<T>,
    tooLate?: (value: T) => void,
  ): Promise<T> {
    const late = (): HomeError => faults.fault(name, `no answer within ${ms / 1_000} s`);
    try {
      return await within({ clock, ms, signal: until(signal), late }, (stop) => work({ signal: stop }), tooLate);
    } catch (thrown) {
      if (closing.signal.aborted) throw closed();
      if (signal.aborted) throw thrown;
      throw faults.errorOf(thrown, name);
    }
  }

  const items = (name: string, signal: AbortSignal, open: () => unknown): AsyncGenerator<unknown> =>
    foreignItems({
      ...{ clock, signal, open, weigh: () => 1, mostInSecond: mostNewsInSecond },
      onFlood: () => void faults.fault(name, "it tells more than anybody could follow; it is slowed down"),
      shape: () => faults.fault(name, "it gives no async iterable"),
    });

  /** Undefined for what is none, and for one device too many. */
  function sightingOf(item: unknown): Sighting | undefined {
    const seen = readSighting(item, protocol);
    if (seen === undefined) {
      faults.fault("discover", "a sighting is not of the right shape, or of another protocol");
      return undefined;
    }
    if (seen.gone === true) known.delete(seen.ref.id);
    else if (!known.has(seen.ref.id) && known.size >= mostDevices) {
      faults.fault("discover", `more than ${mostDevices} devices`);
      return undefined;
    } else known.add(seen.ref.id);
    return { ...seen, ref: { ...seen.ref, id: `${protocol}-${seen.ref.id}` } };
  }

  async function* discover({ signal, active }: Call & { readonly active: boolean }): AsyncGenerator<Sighting> {
    const ended = until(signal);
    for (let failures = 0; !ended.aborted; ) {
      try {
        for await (const item of items("discover", ended, () => calls.discover({ signal: ended, active }))) {
          failures = 0;
          const seen = sightingOf(item);
          if (seen !== undefined) yield seen;
        }
      } catch (thrown) {
        faults.errorOf(thrown, "discover");
        failures++;
      }
      const pauseMs = failures === 0 ? anewMs : Math.min(anewMs, firstRetryMs * 2 ** (failures - 1));
      await sleep(clock, pauseMs, ended).catch(() => undefined);
    }
  }

  async function* subscribe(ref: DeviceRef, descriptor: Descriptor, { signal }: Call): AsyncGenerator<Change> {
    const ended = until(signal);
    try {
      for await (const item of items("subscribe", ended, () =>
        calls.subscribe(own(ref), descriptor, { signal: ended }),
      )) {
        const change = readChange(item, descriptor);
        if (change !== undefined) yield change;
        else faults.fault("subscribe", "a change is not of the right shape, or a value not one of its property");
      }
    } catch (thrown) {
      throw faults.errorOf(thrown, "subscribe");
    }
  }

  const { stream } = calls;
  return {
    discover,
    subscribe,
    async describe(ref, model, call) {
      const answer = await ask("describe", askMs, call, (inner) =>
        calls.describe(own(ref), structuredClone(model), inner),
      );
      return readDescription(answer, judge, { hasStreams: stream !== undefined, faults });
    },
    async get(ref, descriptor, properties, call) {
      const work = (inner: Call) => calls.get(own(ref), descriptor, properties, inner);
      const answer = await ask("get", askMs, call, work);
      return readOutcome(answer, { asked: properties, descriptor, faults, call: "get" });
    },
    async set(ref, descriptor, values, call) {
      const work = (inner: Call) => calls.set(own(ref), descriptor, structuredClone(values), inner);
      const answer = await ask("set", commandMs, call, work);
      return readOutcome(answer, { asked: Object.keys(values), descriptor, faults, call: "set" });
    },
    async invoke(ref, descriptor, action, input, call): Promise<Outcome> {
      const work = (inner: Call) => calls.invoke(own(ref), descriptor, action, structuredClone(input), inner);
      const answer = await ask("invoke", commandMs, call, work);
      return readOutcome(answer, { asked: [], action, descriptor, faults, call: "invoke" });
    },
    ...(stream === undefined
      ? {}
      : {
          async stream(ref: DeviceRef, descriptor: Descriptor, call: Call) {
            const release = (source: unknown): void => void letGo(source, clock, faults, "stream");
            const work = (inner: Call) => stream(own(ref), descriptor, inner);
            const source = await ask("stream", streamMs, call, work, release);
            return guardedStream(source, { clock, faults, closed: closing.signal });
          },
        }),
    [Symbol.asyncDispose]() {
      gone ??= (async () => {
        closing.abort();
        await letGo(calls, clock, faults, "close");
        onClose();
      })();
      return gone;
    },
  };
}
