/** A register as people read it: its name, its fields, and the bandwidth that an output plug's stream takes. */

import { ByteReader } from "../bytes/byte-reader.ts";
import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { bandwidthUnits } from "./bandwidth.ts";
import { formatAddress } from "./csr.ts";
import { decodeRegister } from "./registers.ts";

/** A data rate of 3 is the extended one's. */
const rateIsExtended = 3;

/**
 * Of a 48-bit address and the quadlet there: `{address, quadlet, name, fields?, bandwidthUnits?}`; `name` is null where
 * no register is known.
 * @throws HomeError `frame-malformed` with `offset`: not just ten octets.
 */
export function explainCsr(octets: Uint8Array): JsonObject {
  const reader = new ByteReader(octets);
  const address = reader.uint(6);
  const quadlet = reader.uint(4);
  if (reader.remaining > 0) {
    const offset = reader.offset;
    throw new HomeError("frame-malformed", "a register is an address of 6 octets and a quadlet", { offset });
  }
  const { name = null, fields } = decodeRegister(address, quadlet) ?? {};
  return {
    address: formatAddress(address),
    quadlet: quadlet.toString(16).padStart(8, "0"),
    name,
    ...(fields === undefined ? {} : { fields, ...bandwidthOf(fields) }),
  };
}

function bandwidthOf({ payloadQuadlets, dataRate, extendedRate, overheadId }: JsonObject): JsonObject {
  if (payloadQuadlets === undefined) return {};
  const rate = Number(dataRate);
  return {
    bandwidthUnits: bandwidthUnits({
      payloadQuadlets: Number(payloadQuadlets),
      speed: rate === rateIsExtended ? rateIsExtended + Number(extendedRate) : rate,
      overheadId: Number(overheadId),
    }),
  };
}
