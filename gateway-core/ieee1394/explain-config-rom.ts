/** A configuration ROM as people read it: identifiers in hexadecimal, names, and what is wrong with the image. */

import type { JsonObject } from "../contract/json.ts";
import { decodeConfigRom } from "./config-rom.ts";
import { configRomAddress, formatAddress } from "./csr.ts";

/**
 * `{guid, vendorId, vendorName, modelId, modelName, units, texts, crcErrors, busInfo}`; what the ROM does not tell is null.
 * @throws HomeError `frame-malformed` with `offset`.
 */
export function explainConfigRom(octets: Uint8Array): JsonObject {
  const rom = decodeConfigRom(octets);
  return {
    guid: rom.guid ?? null,
    vendorId: identifier(rom.vendorId),
    vendorName: rom.vendorName ?? null,
    modelId: identifier(rom.modelId),
    modelName: rom.modelName ?? null,
    units: rom.units.map(({ specifierId, version, modelId, modelName, dependentTexts }) => ({
      specifierId: identifier(specifierId),
      version: identifier(version),
      modelId: identifier(modelId),
      modelName: modelName ?? null,
      ...(dependentTexts.length === 0 ? {} : { dependentTexts }),
    })),
    texts: rom.texts,
    crcErrors: rom.faults.map(({ offsetQuadlets, reason }) => ({
      address: formatAddress(configRomAddress + 4 * offsetQuadlets),
      offsetQuadlets,
      reason,
    })),
    busInfo: rom.busInfo === undefined ? null : { ...rom.busInfo },
  };
}

/** A 24-bit identifier, six digits. */
const identifier = (value: number | undefined): string | null => value?.toString(16).padStart(6, "0") ?? null;
