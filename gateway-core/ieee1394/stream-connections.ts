/**
 * Point-to-point connections to output plugs (IEC 61883-1, 7.9 and 8): channel and bandwidth before the plug, both given
 * back when nobody listens any more; restored at once after a bus reset, before others may take what they had.
 */

import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { Bus, NodeAt, Reservation } from "./bus.ts";
import { createIrm, swapQuadlet } from "./irm.ts";
import {
  connectedPlug,
  decodeOutputPlug,
  disconnectedPlug,
  isTransmitting,
  outputPlugAddress,
  overheadIdOf,
  unitsOfPlug,
} from "./plug.ts";

export interface Connection extends AsyncDisposable {
  readonly guid: string;
  readonly plug: number;
  /** The channel that the stream comes by now. */
  readonly channel: number;
  /** What it takes of the bus; 0 where it listens in on a stream of others. */
  readonly units: number;
  /** Told when it comes by another channel, and, with the reason, when it has ended. */
  onChange(listener: (ended?: HomeError) => void): () => void;
}

export interface StreamConnections {
  /**
   * @throws HomeError `bus-full` {neededUnits, availableUnits, inUse: [{guid, plug, channel, units}…]};
   * `device-unavailable` with `reason` "plug-offline" or "absent"; `device-silent`
   */
  connect(guid: string, plug: number, signal: AbortSignal): Promise<Connection>;
  dispose(): Promise<void>;
}

export interface StreamConnectionsOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly locate: (guid: string, signal: AbortSignal) => Promise<NodeAt | undefined>;
}

/** For so long after a reset only those may reserve who had reserved before it (IEEE 1394a-2000, 8.3.2.3.6). */
const graceMs = 1_000;
const attempts = 5;
/** A device that does not answer while it is still busy with the reset is asked again. */
const againMs = 100;
/** How long another controller takes from its bandwidth to its plug. */
const rivalMs = 50;

interface Open {
  readonly guid: string;
  readonly plug: number;
  channel: number;
  reservation: Reservation | undefined;
  /** The bus reset since which it stands. */
  generation: number;
  readonly listeners: Set<(ended?: HomeError) => void>;
}

export function createStreamConnections({ bus, clock, locate }: StreamConnectionsOptions): StreamConnections {
  const irm = createIrm(bus);
  const closing = new AbortController();
  const open = new Set<Open>();
  let resetAt = Number.NEGATIVE_INFINITY;
  let restoring = new AbortController();
  let restored: Promise<void> = Promise.resolve();

  const inUse = () =>
    [...open].map(({ guid, plug, channel, reservation }) => ({ guid, plug, channel, units: reservation?.units ?? 0 }));

  async function readPlug(at: NodeAt, plug: number): Promise<number> {
    const { rcode, data } = await bus.read(at, outputPlugAddress(plug), 4);
    if (rcode === "complete" && data.length === 4) return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
    throw new HomeError("device-silent", `output plug ${plug} cannot be read (${rcode})`, { plug, reason: rcode });
  }

  /** Reserves what the plug needs and connects to it; what others have it send already needs nothing. */
  async function establish(guid: string, plug: number, wish: number | undefined, signal: AbortSignal): Promise<Open> {
    const at = await locate(guid, signal);
    if (at === undefined) throw absent(guid);
    let quadlet = await readPlug(at, plug);
    let register = decodeOutputPlug(quadlet);
    if (!register.isOnline) throw offline(guid, plug);
    const overheadId = overheadIdOf(bus.state.gapCount);
    let reservation: Reservation | undefined;
    try {
      if (!isTransmitting(register)) reservation = await irm.reserve(unitsOfPlug(register, overheadId), wish);
    } catch (thrown) {
      // What takes the room may be somebody who connects to this very plug just now.
      await sleep(clock, rivalMs, signal);
      quadlet = await readPlug(at, plug);
      register = decodeOutputPlug(quadlet);
      if (!isTransmitting(register)) throw withInUse(thrown, inUse());
    }
    const channel = reservation?.channel ?? register.channel;
    const { generation } = at;
    try {
      const { last, isDone } = await swapQuadlet(bus, at, outputPlugAddress(plug), quadlet, (now) =>
        connectedPlug(now, channel, overheadId),
      );
      if (!isDone) throw offline(guid, plug);
      const before = decodeOutputPlug(last);
      if (reservation === undefined || !isTransmitting(before)) {
        return { guid, plug, channel, reservation, generation, listeners: new Set() };
      }
      // Somebody was quicker: the stream comes by their channel.
      await irm.free(reservation);
      const stream = { channel: before.channel, reservation: undefined };
      return { guid, plug, ...stream, generation, listeners: new Set() };
    } catch (thrown) {
      if (reservation !== undefined) await irm.free(reservation);
      throw thrown;
    }
  }

  /** Again with each bus reset that comes between. */
  async function persist<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (thrown) {
        const isReset = thrown instanceof HomeError && thrown.details["reason"] === "generation";
        if (!isReset || attempt === attempts) throw thrown;
      }
      await sleep(clock, rivalMs, signal);
    }
  }

  function end(one: Open, error?: HomeError): void {
    if (!open.delete(one)) return;
    for (const listener of [...one.listeners]) listener(error);
  }

  async function restore(one: Open, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        const again = await establish(one.guid, one.plug, one.channel, signal);
        // Nobody wants it any more.
        if (!open.has(one)) return await release(again);
        const hasMoved = again.channel !== one.channel;
        one.channel = again.channel;
        one.reservation = again.reservation;
        one.generation = again.generation;
        if (hasMoved) for (const listener of [...one.listeners]) listener();
        return;
      } catch (thrown) {
        const error = toHomeError(thrown);
        // Another reset is on its way to us, and restores it then.
        if (signal.aborted || error.details["reason"] === "generation") return;
        if (error.code !== "device-silent" || clock.now() >= resetAt + graceMs) return end(one, error);
      }
      await sleep(clock, againMs, signal).catch(() => undefined);
    }
  }

  /** Those of one device one after another: the second connection to a plug takes nothing of the bus. */
  async function restoreAll(signal: AbortSignal): Promise<void> {
    const ofDevices = Map.groupBy(open, ({ guid }) => guid).values();
    const restoring = [...ofDevices].map(async (connections) => {
      for (const one of connections) {
        if (!signal.aborted && one.generation !== bus.state.generation) await restore(one, signal);
      }
    });
    await Promise.all(restoring);
  }

  function restoreSoon(): void {
    restoring.abort();
    restoring = new AbortController();
    const { signal } = restoring;
    restored = restored.then(() => restoreAll(signal));
  }

  const stop = bus.onReset(() => {
    resetAt = clock.now();
    restoreSoon();
  });

  async function close(one: Open): Promise<void> {
    if (open.delete(one)) await release(one);
  }

  /** Whoever breaks the last connection gives back what the stream took, whoever had reserved it. */
  async function release({ guid, plug, reservation, generation }: Open): Promise<void> {
    // A reset has taken all; what stands in the plug since then is of others.
    if (generation !== bus.state.generation) return;
    let remaining = reservation;
    try {
      const at = await locate(guid, closing.signal);
      if (at === undefined) return;
      const quadlet = await readPlug(at, plug);
      const { last, isDone } = await swapQuadlet(bus, at, outputPlugAddress(plug), quadlet, disconnectedPlug);
      const before = decodeOutputPlug(last);
      const isLast = isDone && before.pointToPoint === 1 && !before.isBroadcast;
      const units = unitsOfPlug(before, before.overheadId);
      remaining = isLast ? { channel: before.channel, units, generation: at.generation } : undefined;
    } catch (thrown) {
      // A device that does not answer keeps nothing.
      if (!(thrown instanceof HomeError)) throw thrown;
    } finally {
      if (remaining !== undefined) await irm.free(remaining);
    }
  }

  return {
    async connect(guid, plug, call) {
      const signal = AbortSignal.any([call, closing.signal]);
      const waitMs = resetAt + graceMs - clock.now();
      if (waitMs > 0) await sleep(clock, waitMs, signal);
      const one = await persist(() => establish(guid, plug, undefined, signal), signal);
      open.add(one);
      if (signal.aborted) await close(one);
      signal.throwIfAborted();
      // A reset that came in the same moment has restored all but this one.
      if (one.generation !== bus.state.generation) restoreSoon();
      return {
        ...{ guid, plug },
        get channel() {
          return one.channel;
        },
        get units() {
          return one.reservation?.units ?? 0;
        },
        onChange(listener) {
          one.listeners.add(listener);
          return () => void one.listeners.delete(listener);
        },
        [Symbol.asyncDispose]: () => close(one),
      };
    },
    async dispose() {
      stop();
      restoring.abort();
      const closed = new HomeError("device-unavailable", "the IEEE 1394 session is closed", { reason: "closed" });
      // A bus that does not answer any more is not waited for.
      const giveUp = clock.after(graceMs, () => closing.abort(closed));
      const patience = new Promise<void>((resolve) => closing.signal.addEventListener("abort", () => resolve()));
      const all = [...open].map(async (one) => {
        for (const listener of [...one.listeners]) listener(closed);
        await close(one);
      });
      await Promise.race([Promise.all([restored, ...all]), patience]);
      giveUp.cancel();
      closing.abort(closed);
    },
  };
}

function withInUse(
  thrown: unknown,
  inUse: ReturnType<() => { guid: string; channel: number; units: number }[]>,
): HomeError {
  const error = toHomeError(thrown);
  if (error.code !== "bus-full") return error;
  return new HomeError(error.code, error.message, { ...error.details, inUse: [...inUse] }, error);
}

export const absent = (guid: string): HomeError =>
  new HomeError("device-unavailable", `the device ${guid} is not on the bus`, { guid, reason: "absent" });

const offline = (guid: string, plug: number): HomeError =>
  new HomeError("device-unavailable", `output plug ${plug} of ${guid} is offline; a bus reset may help`, {
    ...{ guid, plug },
    reason: "plug-offline",
  });
