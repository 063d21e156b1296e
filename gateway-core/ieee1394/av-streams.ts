/**
 * The streams of AV devices as their viewers get them (contract/stream.ts): plug connected, form known, octets as they
 * come. Each source is a connection of its own; those of one device lie one over another and take the bus once.
 */

import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { AvSource, SourceForm } from "../contract/stream.ts";
import { type AvChunk, receiveStream } from "./isochronous-source.ts";
import { absent, type Connection, type StreamConnections } from "./stream-connections.ts";
import { createStreamEvidence, type StreamEvidence } from "./stream-evidence.ts";
import { countOutputs, outputForm, type UnitOutput } from "./unit-output.ts";

export interface AvStreamsOptions extends UnitOutput {
  readonly clock: Clock;
  readonly connections: StreamConnections;
}

export interface AvStreams {
  /** Whether the unit sends what can be watched. @throws HomeError `device-silent` */
  isOffered(guid: string, signal: AbortSignal): Promise<boolean>;
  /** @throws HomeError `bus-full`; `device-unavailable` with `reason` "absent", "plug-offline" or "no-picture"; `device-silent` */
  open(guid: string, signal: AbortSignal): Promise<AvSource>;
}

/** What leaves a unit leaves it here first; further plugs are rare, and then lead the same out again. */
const plug = 0;
/** A unit that does not tell what it sends is taken at its first frame or packet. */
const firstChunkMs = 5_000;

const formOf = ({ format }: AvChunk): SourceForm => (format === "dv" ? "dv" : "mpegts");

export function createAvStreams(options: AvStreamsOptions): AvStreams {
  const { bus, clock, fcp, locate, connections } = options;

  /** @throws HomeError `device-silent`: nothing came */
  async function firstForm(guid: string, first: Promise<IteratorResult<AvChunk, unknown>>, signal: AbortSignal) {
    const waiting = new AbortController();
    const patience = sleep(clock, firstChunkMs, AbortSignal.any([signal, waiting.signal]));
    patience.catch(() => undefined);
    try {
      const result = await Promise.race([first, patience]);
      if (result !== undefined && result.done !== true) return formOf(result.value);
    } finally {
      waiting.abort();
    }
    throw new HomeError("device-silent", `the device ${guid} sends nothing, and does not tell what it would send`, {
      guid,
      reason: "nothing-sent",
    });
  }

  async function receive(guid: string, told: SourceForm | undefined, connection: Connection, signal: AbortSignal) {
    const closing = new AbortController();
    const chunks = receiveStream({ bus, connection, signal: closing.signal });
    const first = chunks.next();
    // Told to whoever reads.
    first.catch(() => undefined);
    const close = async (): Promise<void> => {
      closing.abort();
      await connection[Symbol.asyncDispose]();
    };
    try {
      const form = told ?? (await firstForm(guid, first, signal));
      signal.throwIfAborted();
      const evidence = createStreamEvidence(clock);
      const octets = octetsOf({ guid, form, evidence }, chunks, first);
      return { form, octets, evidence: evidence.told, [Symbol.asyncDispose]: close };
    } catch (thrown) {
      await close();
      throw thrown;
    }
  }

  return {
    async isOffered(guid, signal) {
      if ((await countOutputs(options, guid, signal)) === 0) return false;
      return (await outputForm(fcp, guid, plug, signal)) !== "other";
    },
    async open(guid, signal) {
      if ((await locate(guid, signal)) === undefined) throw absent(guid);
      const form = await outputForm(fcp, guid, plug, signal);
      if (form === "other") throw noPicture(guid);
      return receive(guid, form, await connections.connect(guid, plug, signal), signal);
    },
  };
}

/** What was lost before it is left out, and told as evidence; a device that begins to send something else is to be opened anew. */
async function* octetsOf(
  { guid, form, evidence }: { readonly guid: string; readonly form: SourceForm; readonly evidence: StreamEvidence },
  chunks: AsyncGenerator<AvChunk>,
  first: Promise<IteratorResult<AvChunk, unknown>>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = await first; next.done !== true; next = await chunks.next()) {
      if (formOf(next.value) !== form) throw formChanged(guid);
      evidence.take(next.value);
      if (next.value.octets.length > 0) yield next.value.octets;
    }
  } finally {
    await chunks.return(undefined);
  }
}

const noPicture = (guid: string): HomeError =>
  new HomeError("device-unavailable", `the device ${guid} sends neither DV nor an MPEG-2 transport stream`, {
    ...{ guid, reason: "no-picture" },
  });

const formChanged = (guid: string): HomeError =>
  new HomeError("device-unavailable", `the device ${guid} sends another form now`, { guid, reason: "form-changed" });
