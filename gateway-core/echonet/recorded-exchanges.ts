/** What a record of traffic holds: which frames answered which request, and which came by themselves. Pure. */

import { isAnswerTo, type Request } from "./answer.ts";
import { type CaptureRecord, toAll } from "./capture-record.ts";
import type { Eoj } from "./eoj.ts";
import { decodeFrame, type Frame } from "./frame.ts";

export interface RecordedAnswer {
  readonly from: string;
  /** Milliseconds after its request. */
  readonly afterMs: number;
  readonly octets: Uint8Array;
  /** Whether it copied the TID of its request: some nodes do not. */
  readonly hasTidOfRequest: boolean;
}

export interface RecordedExchange {
  readonly t: number;
  readonly answers: RecordedAnswer[];
}

/** A value that an object told. */
export interface RecordedValue {
  readonly t: number;
  readonly edt: Uint8Array;
}

export interface RecordedTraffic {
  /** By what was asked (`requestKey`), in order. */
  readonly exchanges: ReadonlyMap<string, readonly RecordedExchange[]>;
  /** What nobody had asked for, in order. */
  readonly unsolicited: readonly CaptureRecord[];
  /** By address, object and EPC (`valueKey`), in order. */
  readonly values: ReadonlyMap<string, readonly RecordedValue[]>;
}

interface Asked {
  readonly tid: number;
  readonly request: Request;
  readonly exchange: RecordedExchange;
}

/** An answer comes soon or not at all. */
const mostOpen = 64;
/** What was asked so shortly before the end had no time to be answered: it says nothing. */
const endMs = 2_000;
const answers: ReadonlySet<Frame["esv"]> = new Set<Frame["esv"]>(["Get_Res", "Get_SNA", "Set_Res", "SetC_SNA"]);
const tellsValues: ReadonlySet<Frame["esv"]> = new Set<Frame["esv"]>(["Get_Res", "Get_SNA", "INF", "INFC"]);

/** Equal for requests that ask the same of the same: all but the TID. */
export function requestKey(to: string, { seoj, deoj, esv, properties }: Frame): string {
  return JSON.stringify([to, seoj, deoj, esv, properties.map(({ epc, edt }) => [epc, ...edt])]);
}

export function valueKey(address: string, eoj: Eoj, epc: number): string {
  return `${address} ${eoj} ${epc}`;
}

export function readTraffic(records: readonly CaptureRecord[]): RecordedTraffic {
  const exchanges = new Map<string, RecordedExchange[]>();
  const asked = new Map<string, Asked[]>();
  const values = new Map<string, RecordedValue[]>();
  const unsolicited: CaptureRecord[] = [];

  function ask(record: CaptureRecord, frame: Frame): void {
    const { esv } = frame;
    if (esv !== "Get" && esv !== "SetC") return;
    const exchange = { t: record.t, answers: [] };
    put(exchanges, requestKey(record.peer, frame), exchange);
    const open = put(asked, record.peer, {
      tid: frame.tid,
      request: { eoj: frame.deoj, esv, properties: frame.properties },
      exchange,
    });
    if (open.length > mostOpen) open.shift();
  }

  /** The last request with this TID that it answers; of one whose TID was never sent, the last to this node. */
  function requestOf(from: string, frame: Frame): Asked | undefined {
    if (!answers.has(frame.esv)) return undefined;
    const [toNode, toEveryone] = [asked.get(from) ?? [], asked.get(toAll) ?? []];
    const fits = ({ tid, request }: Asked): boolean => tid === frame.tid && isAnswerTo(request, frame);
    const exact = toNode.findLast(fits) ?? toEveryone.findLast(fits);
    if (exact !== undefined || toNode.some(({ tid }) => tid === frame.tid)) return exact;
    const last = toNode.at(-1);
    return last !== undefined && isAnswerTo(last.request, frame) ? last : undefined;
  }

  function hear(record: CaptureRecord, frame: Frame): void {
    const { peer: from, octets, t } = record;
    if (tellsValues.has(frame.esv)) {
      for (const { epc, edt } of frame.properties) {
        if (edt.length > 0) put(values, valueKey(from, frame.seoj, epc), { t, edt });
      }
    }
    const request = requestOf(from, frame);
    if (request === undefined) return void unsolicited.push(record);
    const { tid, exchange } = request;
    exchange.answers.push({ from, afterMs: t - exchange.t, octets, hasTidOfRequest: tid === frame.tid });
  }

  for (const record of records) {
    const frame = frameOf(record);
    if (record.dir === "out") {
      if (frame !== undefined) ask(record, frame);
    } else if (frame === undefined) unsolicited.push(record);
    else hear(record, frame);
  }
  return { exchanges: withoutCutOff(exchanges, records.at(-1)?.t ?? 0), unsolicited, values };
}

/** Undefined for what is no frame: it is played all the same, for the engine must bear it. */
function frameOf({ octets }: CaptureRecord): Frame | undefined {
  try {
    return decodeFrame(octets, { allowsMiscount: true });
  } catch {
    return undefined;
  }
}

function put<T>(lists: Map<string, T[]>, key: string, item: T): T[] {
  const list = lists.get(key) ?? [];
  list.push(item);
  lists.set(key, list);
  return list;
}

function withoutCutOff(
  exchanges: ReadonlyMap<string, readonly RecordedExchange[]>,
  end: number,
): RecordedTraffic["exchanges"] {
  const isWhole = ({ answers, t }: RecordedExchange): boolean => answers.length > 0 || t < end - endMs;
  return new Map(
    [...exchanges].flatMap(([key, list]) => {
      const whole = list.filter(isWhole);
      return whole.length === 0 ? [] : [[key, whole] as const];
    }),
  );
}
