/** Bandwidth that an isochronous stream takes of the 4915 units of a cycle (IEEE 1394-1995, 8.3.2.3.7; IEC 61883-1, 7.7). */

export interface StreamRate {
  /** Quadlets of the largest packet's payload, the CIP header included. */
  readonly payloadQuadlets: number;
  /** 0 S100, 1 S200, 2 S400, 3 S800 … */
  readonly speed: number;
  /** As an output plug tells it: gaps and arbitration in steps of 32 units; 0 for the worst case. */
  readonly overheadId: number;
}

const worstOverheadUnits = 512;
const overheadStepUnits = 32;
/** Header, header CRC and data CRC of an isochronous packet. */
const packetQuadlets = 3;
/** At this speed one unit is one octet. */
const speedOfUnits = 2;

/** Allocation units: quadlet times at S1600. */
export function bandwidthUnits({ payloadQuadlets, speed, overheadId }: StreamRate): number {
  const overhead = overheadId === 0 ? worstOverheadUnits : overheadId * overheadStepUnits;
  return overhead + (payloadQuadlets + packetQuadlets) * 4 * 2 ** (speedOfUnits - speed);
}
