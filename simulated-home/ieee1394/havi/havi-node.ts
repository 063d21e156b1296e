/**
 * A simulated node that speaks HAVi: messages in FCP frames, software elements that answer what is called, and what they
 * call back (HAVi 1.1, messaging and TAM, as far as they are known: docs/ieee1394.md).
 */

import type { Clock } from "../../../gateway-core/contract/clock.ts";
import { hex, type Octets, octets, unsigned } from "../../wire/octets.ts";
import { type BusNode, complete, ended, nothing, registerSpace, type Wire } from "../bus-words.ts";
import { fcp } from "../host-node.ts";
import type { Registers } from "../registers.ts";
import { joined } from "../rom-writer.ts";
import { type Cursor, cursorOf, long, octet, short } from "./fields.ts";

/** How the node misbehaves towards its controllers: the fault knobs of tests and scenarios. */
export interface HaviFaults {
  /** Messages are taken and nothing comes back. */
  isSilent?: boolean;
  /** Requests are acknowledged and not answered. */
  isMute?: boolean;
  /** Octets that mean nothing instead of results. */
  isGarbled?: boolean;
  /** Half of each message is missing, and the header still promises the whole. */
  isTruncated?: boolean;
}

/** An error code instead of results: those of all interfaces. */
export const unknownMessage = 1;
export const invalidParameter = 6;

export interface SoftwareElement {
  readonly handle: number;
  /** By number of the attribute: what the Registry tells of it. */
  readonly attributes: ReadonlyMap<number, Octets>;
  /** @param source who calls, twenty hexadecimal digits */
  call(source: string, api: number, operation: number, parameters: Cursor): Octets | number;
}

export interface HaviNode extends BusNode {
  readonly faults: HaviFaults;
  readonly elements: Map<number, SoftwareElement>;
  seidOf(handle: number): string;
  /** Calls an operation at another's element; what it answers is of no interest. */
  callBack(from: number, to: string, api: number, operation: number, payload: Octets): void;
  /** Writes octets to whoever wrote last, as a message or not. */
  throwAt(frame: Octets): void;
}

const type = { simple: 1, reliable: 2, acknowledgement: 3, refusal: 4 };
const unknownTarget = 2;
const bodyStart = 32;
const partOctets = fcp.octets - 4;
const cts = 3;

export function createHaviNode(guid: string, registers: Registers, faults: HaviFaults, clock: Clock): HaviNode {
  const elements = new Map<number, SoftwareElement>();
  /** Node ids of other nodes, by their EUI-64: known from what they sent since the last bus reset. */
  const places = new Map<string, number>();
  let wire: Wire | undefined;
  let number = 0;
  let sequence = 0;
  let transaction = 0;
  let last: number | undefined;
  const unfinished = new Map<number, Octets>();
  let sending: Promise<unknown> = Promise.resolve();

  const seidOf = (handle: number): string => guid + hex(short(handle));

  /** Part by part, one message after another. */
  function write(to: number, message: Octets): void {
    const from = wire;
    sequence = (sequence + 1) % 256;
    const count = Math.max(1, Math.ceil(message.length / partOctets));
    const kindOf = (place: number): number => (count === 1 ? 0 : place === 0 ? 1 : place === count - 1 ? 3 : 2);
    const frames = Array.from({ length: count }, (_, place) => {
      const header = Uint8Array.of((cts << 4) | kindOf(place), sequence, 0, 0);
      return joined([header, message.subarray(place * partOctets, (place + 1) * partOctets)]);
    });
    sending = sending.then(async () => {
      for (const frame of frames) await from?.write(to, registerSpace + fcp.command, frame);
    });
  }

  /** A message without the quadlet before it. */
  function message(to: string, from: string, kind: number, count: number, body: Octets): Octets {
    return joined([octets(to), octets(from), octet(0), octet(kind), octet(count), octet(0), body]);
  }

  function send(place: number, to: string, from: string, rmi: Octets): void {
    number = (number + 1) % 256;
    const whole = message(to, from, type.reliable, number, joined([long(rmi.length), rmi]));
    write(place, faults.isTruncated === true ? whole.slice(0, Math.ceil(whole.length / 2)) : whole);
  }

  function take(source: number, frame: Octets): void {
    const [head = 0] = frame;
    if (head >> 4 !== cts) return;
    const part = frame.slice(4);
    const before = unfinished.get(source) ?? nothing;
    const whole = head & 2 ? joined([before, part]) : part;
    if ((head & 0xf) === 1 || (head & 0xf) === 2) unfinished.set(source, whole);
    else {
      unfinished.delete(source);
      receive(source, joined([long(0), whole]));
    }
  }

  function receive(place: number, octetsIn: Octets): void {
    const fields = cursorOf(octetsIn);
    fields.number(4);
    const [to, from] = [fields.hex(10), fields.hex(10)];
    fields.number(1);
    const [kind, count] = [fields.number(1), fields.number(1)];
    places.set(from.slice(0, 16), place);
    if (to.slice(0, 16) !== guid || (kind !== type.reliable && kind !== type.simple)) return;
    const element = elements.get(Number.parseInt(to.slice(16), 16));
    if (kind === type.reliable) {
      const isKnown = element !== undefined;
      const body = isKnown ? nothing : joined([long(4), octet(unknownTarget)]);
      write(place, message(from, to, isKnown ? type.acknowledgement : type.refusal, count, body));
    }
    if (element !== undefined && faults.isMute !== true) answer(place, from, to, octetsIn.slice(bodyStart), element);
  }

  function answer(place: number, from: string, to: string, rmi: Octets, element: SoftwareElement): void {
    const [api, operation = 0, control] = [unsigned(rmi.subarray(0, 2)), rmi[2], rmi[3]];
    if (control !== 0) return;
    const made = element.call(from, api, operation, cursorOf(rmi.slice(8)));
    const isError = typeof made === "number";
    const results = isError ? nothing : faults.isGarbled === true ? Uint8Array.of(0xde, 0xad, 0xbe) : made;
    const head = joined([rmi.slice(0, 3), octet(1), rmi.slice(4, 8), short(api), short(isError ? made : 0), long(0)]);
    clock.after(0, () => send(place, from, to, joined([head, results])));
  }

  return {
    ...{ guid, faults, elements, seidOf, isContender: false },
    callBack(from, to, api, operation, payload) {
      const place = places.get(to.slice(0, 16));
      transaction++;
      const head = joined([short(api), octet(operation), octet(0), long(transaction)]);
      if (place !== undefined) send(place, to, seidOf(from), joined([head, payload]));
    },
    throwAt(frame) {
      if (last !== undefined) void wire?.write(last, registerSpace + fcp.command, frame);
    },
    reset(next) {
      wire = next;
      places.clear();
      unfinished.clear();
      registers.reset(next);
    },
    answer(request) {
      const offset = request.address - registerSpace;
      if (offset < fcp.command || offset >= fcp.end) return registers.answer(request);
      if (request.kind !== "write" || request.octets.length > fcp.octets) return ended("type-error");
      last = request.source;
      if (faults.isSilent !== true) take(request.source, request.octets);
      return complete();
    },
  };
}
