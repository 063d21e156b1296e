/** What is done to an output plug control register to connect to it and to leave it again (IEC 61883-1, 7.5 and 7.9). Pure. */

import { bandwidthUnits } from "./bandwidth.ts";
import { initialRegisterSpace } from "./csr.ts";
import { decodeRegister, encodeRegister } from "./registers.ts";

export interface OutputPlug {
  readonly isOnline: boolean;
  readonly isBroadcast: boolean;
  /** Connections that controllers have made, at most 63. */
  readonly pointToPoint: number;
  readonly channel: number;
  readonly dataRate: number;
  readonly extendedRate: number;
  readonly overheadId: number;
  readonly payloadQuadlets: number;
}

const firstOutput = initialRegisterSpace + 0x904;
const mostConnections = 63;
const extended = 3;
const overheadStep = 32;

export function outputPlugAddress(plug: number): number {
  return firstOutput + 4 * plug;
}

export function decodeOutputPlug(quadlet: number): OutputPlug {
  const fields: { readonly [name: string]: unknown } = { ...decodeRegister(firstOutput, quadlet)?.fields };
  return {
    isOnline: fields["isOnline"] === true,
    isBroadcast: fields["isBroadcast"] === true,
    pointToPoint: Number(fields["pointToPoint"]),
    channel: Number(fields["channel"]),
    dataRate: Number(fields["dataRate"]),
    extendedRate: Number(fields["extendedRate"]),
    overheadId: Number(fields["overheadId"]),
    payloadQuadlets: Number(fields["payloadQuadlets"]),
  };
}

/** Whether it transmits already: then its channel and bandwidth are somebody's, and one more listener takes none. */
export function isTransmitting({ isBroadcast, pointToPoint }: OutputPlug): boolean {
  return isBroadcast || pointToPoint > 0;
}

/** The register with one connection more; undefined where there cannot be another, or the plug is offline. */
export function connectedPlug(quadlet: number, channel: number, overheadId: number): number | undefined {
  const plug = decodeOutputPlug(quadlet);
  if (!plug.isOnline || plug.pointToPoint >= mostConnections) return undefined;
  const stream = isTransmitting(plug) ? {} : { channel, overheadId };
  return encodeRegister(firstOutput, { ...plug, ...stream, pointToPoint: plug.pointToPoint + 1 });
}

/** The register with one connection less. */
export function disconnectedPlug(quadlet: number): number | undefined {
  const plug = decodeOutputPlug(quadlet);
  if (plug.pointToPoint === 0) return undefined;
  return encodeRegister(firstOutput, { ...plug, pointToPoint: plug.pointToPoint - 1 });
}

/** Gaps and arbitration in steps of 32 units, for a gap count; 0 is the worst case of 512. */
export function overheadIdOf(gapCount: number): number {
  const worst = 63;
  return gapCount >= worst ? 0 : Math.ceil((Math.floor((gapCount * 97) / 10) + 89) / overheadStep);
}

/** What the stream of a plug takes of a cycle, in allocation units. */
export function unitsOfPlug({ payloadQuadlets, dataRate, extendedRate }: OutputPlug, overheadId: number): number {
  const speed = dataRate === extended ? extended + extendedRate : dataRate;
  return bandwidthUnits({ payloadQuadlets, speed, overheadId });
}
