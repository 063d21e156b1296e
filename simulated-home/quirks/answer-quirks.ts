/** Quirks of the answers' content: which services, properties and objects are told (seen at real devices; each has a test of its name). */

import { esv, type Frame, type WireProperty } from "../wire/frame.ts";
import type { Octets } from "../wire/octets.ts";
import { onEach, type Quirk, type Reply } from "./quirk.ts";

const opcAt = 11;
const mapOfGettable = 0x9f;

/** Answers with a TID of its own instead of the one asked. */
export function ownTid(tid: number): Quirk {
  return onEach((frame) => ({ ...frame, tid }));
}

/** One frame for each EPC that was asked. */
export const oneReplyPerEpc: Quirk = {
  answers: (replies) => replies.flatMap((reply) => (isGot(reply.frame) ? apart(reply) : [reply])),
};

function apart({ frame, ...rest }: Reply): Reply[] {
  return frame.properties.map((property) => ({ ...rest, frame: withService(frame, [property]) }));
}

/** Says nothing where it should refuse a Get in part. */
export const silentInsteadOfSna: Quirk = {
  answers: (replies) => replies.filter(({ frame }) => frame.esv !== esv.getRefused),
};

/** Says Get_SNA though every value is good. */
export const snaWithGoodValues: Quirk = onEach((frame) =>
  frame.esv === esv.getDone ? { ...frame, esv: esv.getRefused } : frame,
);

/** Of more EPCs than it bears it answers the first ones only, by Get_SNA. */
export function firstEpcsOnly(count: number): Quirk {
  return onEach((frame) =>
    isGot(frame) && frame.properties.length > count
      ? { ...frame, esv: esv.getRefused, properties: frame.properties.slice(0, count) }
      : frame,
  );
}

/** Hears no Get of more EPCs than it bears. */
export function deafAboveEpcs(count: number): Quirk {
  return { hears: ({ request }) => request.esv !== esv.get || request.properties.length <= count };
}

/** Counts its properties wrong by so much; an answer of one property is right, or nothing could ever be read. */
export function opcError(error: number): Quirk {
  return {
    writes(octets) {
      const count = octets[opcAt] ?? 0;
      return count < 2 ? octets : withOctet(octets, opcAt, Math.max(1, count + error));
    },
  };
}

/** The count octet of its map of gettable properties is wrong by so much. */
export function mapCountError(error: number): Quirk {
  return onEach((frame) =>
    isGot(frame) ? { ...frame, properties: frame.properties.map((property) => miscounted(property, error)) } : frame,
  );
}

function miscounted({ epc, edt }: WireProperty, error: number): WireProperty {
  const isMap = epc === mapOfGettable && edt.length > 0;
  return { epc, edt: isMap ? withOctet(Uint8Array.from(edt), 0, (edt[0] ?? 0) + error) : edt };
}

/** EPCs that stand in its map: a Get that asks one of them is never answered. */
export function silentEpcs(epcs: readonly string[]): Quirk {
  const silent = new Set(epcs.map((epc) => Number.parseInt(epc, 16)));
  return {
    hears: ({ request }, eoj) =>
      request.esv !== esv.get || eoj >> 8 === 0x0ef0 || !request.properties.some(({ epc }) => silent.has(epc)),
  };
}

/** Its acknowledgement of an INFC carries what it acknowledges. */
export const infCResCarriesEdt: Quirk = onEach((frame, { request }) =>
  frame.esv === esv.infCDone ? { ...frame, properties: request.properties } : frame,
);

/** Asked for all instances of a class, it answers once, as the first. */
export const instance00AnsweredFrom01: Quirk = {
  answers: (replies, { request }) =>
    (request.deoj & 0xff) === 0
      ? replies.slice(0, 1).map((reply) => ({ ...reply, frame: { ...reply.frame, seoj: request.deoj | 1 } }))
      : replies,
};

function isGot({ esv: service }: Frame): boolean {
  return service === esv.getDone || service === esv.getRefused;
}

function withService(frame: Frame, properties: readonly WireProperty[]): Frame {
  const isGood = properties.every(({ edt }) => edt.length > 0);
  return { ...frame, esv: isGood ? esv.getDone : esv.getRefused, properties };
}

function withOctet(octets: Octets, at: number, value: number): Octets {
  const changed = octets.slice();
  changed[at] = value & 0xff;
  return changed;
}
