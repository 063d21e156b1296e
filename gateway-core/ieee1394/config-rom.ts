/**
 * What a node says of itself in its configuration ROM (IEEE 1212; IEEE 1394-1995, 8.3.2.5; 1394TA 1999027). Real ROMs
 * break the standard in many ways: whatever can be read is read, what is wrong is reported beside it.
 */

import { crc16 } from "../bytes/crc16.ts";
import { toHex } from "../bytes/hex.ts";
import { type RomBlocks, type RomDirectory, type RomEntry, type RomFault, readRomBlocks } from "./rom-blocks.ts";
import { RomImage } from "./rom-image.ts";
import { decodeRomText } from "./rom-text.ts";

/** One function of the node, by the owner of its specification and the version that this owner gave it: 24 bits each. */
export interface RomUnit {
  readonly specifierId: number | undefined;
  readonly version: number | undefined;
  readonly modelId: number | undefined;
  readonly modelName: string | undefined;
  /** Texts of the directories that only the unit's own specification explains: cameras keep their names there. */
  readonly dependentTexts: readonly string[];
}

/** Capabilities in the bus information block (IEEE 1394a-2000, 8.3.2.5.4). */
export interface BusInfo {
  readonly irmc: boolean;
  readonly cmc: boolean;
  readonly isc: boolean;
  readonly bmc: boolean;
  readonly pmc: boolean;
  /** Accuracy of the cycle clock in parts per million; 255 where the node is no cycle master. */
  readonly cycClkAcc: number;
  /** The longest asynchronous payload is 2^(maxRec + 1) octets. */
  readonly maxRec: number;
  /** Changes with the content of the ROM; 0 in nodes older than IEEE 1394a. */
  readonly generation: number;
  /** 0 S100, 1 S200, 2 S400, 3 S800. */
  readonly linkSpd: number;
}

export interface ConfigRom {
  /** EUI-64, sixteen digits; undefined in a minimal ROM and in a cut one. */
  readonly guid: string | undefined;
  readonly busInfo: BusInfo | undefined;
  readonly vendorId: number | undefined;
  readonly vendorName: string | undefined;
  readonly modelId: number | undefined;
  readonly modelName: string | undefined;
  readonly units: readonly RomUnit[];
  /** Every text once, in the order in which the directories lead to them. */
  readonly texts: readonly string[];
  readonly faults: readonly RomFault[];
}

const key = {
  descriptor: 0x01,
  vendor: 0x03,
  unit: 0x11,
  specifierId: 0x12,
  version: 0x13,
  dependentInfo: 0x14,
  model: 0x17,
};

/** In a camera's dependent directory the texts have keys of their own, the model's is this (1394TA IIDC 1.30, 1.3). */
const dependentModelKey = 0x02;

/** @throws HomeError `frame-malformed` with `offset` for what is no ROM at all; never for a ROM that is merely faulty. */
export function decodeConfigRom(octets: Uint8Array): ConfigRom {
  const rom = new RomImage(octets);
  const { root, directories, faults } = rom.isMinimal ? nothing : readRomBlocks(rom);
  const units = [...new Set(directories.flatMap((directory) => directoriesIn(directory, key.unit)))];
  // Where a model is looked for: camcorders have it in the vendor directory only, others in the unit directory only.
  const places = [root, ...directoriesIn(root, key.vendor), ...units];
  const modelId = places.map((place) => numberIn(place, key.model)).find(isThere);
  const namesModel = places.filter((place) => numberIn(place, key.model) === modelId);
  return {
    guid: guidOf(rom),
    busInfo: rom.isMinimal || rom.quadletCount < 3 ? undefined : busInfoOf(rom.quadlet(2)),
    vendorId: rom.isMinimal ? rom.quadlet(0) & 0xff_ffff : numberIn(root, key.vendor),
    vendorName: nameIn(root, key.vendor),
    modelId,
    modelName: namesModel.map((place) => nameIn(place, key.model)).find(isThere),
    units: units.map((unit) => ({
      specifierId: numberIn(unit, key.specifierId),
      version: numberIn(unit, key.version),
      modelId: numberIn(unit, key.model),
      modelName: nameIn(unit, key.model),
      dependentTexts: directoriesIn(unit, key.dependentInfo).flatMap(({ entries }) =>
        entries.filter(isDependentText).flatMap(textsOf),
      ),
    })),
    texts: [...new Set(directories.flatMap(({ entries }) => entries.filter(isDescriptor).flatMap(textsOf)))],
    faults: rom.isMinimal ? [] : [...busInfoFaults(rom), ...faults],
  };
}

/** What the one quadlet of a minimal ROM leads to. */
const nothing: RomBlocks = { root: { entries: [] }, directories: [], faults: [] };

const isThere = <T>(found: T | undefined): found is T => found !== undefined;
const isDescriptor = (entry: RomEntry): boolean => entry.key === key.descriptor;
const isDependentText = (entry: RomEntry): boolean => isDescriptor(entry) || entry.key === dependentModelKey;

function directoriesIn({ entries }: RomDirectory, wanted: number): RomDirectory[] {
  return entries.flatMap((entry) => (entry.key === wanted && entry.type === "directory" ? [entry.directory] : []));
}

function numberIn({ entries }: RomDirectory, wanted: number): number | undefined {
  return entries.flatMap((entry) => (entry.key === wanted && entry.type === "immediate" ? [entry.value] : []))[0];
}

/** The text of a leaf, or those of a directory of leaves: one for each language. */
function textsOf(entry: RomEntry): string[] {
  if (entry.type === "directory") return entry.directory.entries.flatMap(textOfLeaf);
  return textOfLeaf(entry);
}

function textOfLeaf(entry: RomEntry): string[] {
  const text = entry.type === "leaf" ? decodeRomText(entry.leaf) : undefined;
  return text === undefined ? [] : [text];
}

/** A descriptor names the entry just before it; some vendors put theirs behind the vendor directory instead. */
function nameIn({ entries }: RomDirectory, wanted: number): string | undefined {
  const isNamed = (index: number): boolean => {
    const before = entries[index - 1];
    return before !== undefined && (before.key === wanted || (isDescriptor(before) && isNamed(index - 1)));
  };
  return entries.filter((entry, index) => isDescriptor(entry) && isNamed(index)).flatMap(textsOf)[0];
}

function guidOf(rom: RomImage): string | undefined {
  const octets = rom.octets(3, 2);
  return rom.busInfoLength >= 4 && octets.length === 8 ? toHex(octets) : undefined;
}

function busInfoOf(quadlet: number): BusInfo {
  const bit = (position: number): boolean => ((quadlet >>> position) & 1) === 1;
  return {
    irmc: bit(31),
    cmc: bit(30),
    isc: bit(29),
    bmc: bit(28),
    pmc: bit(27),
    cycClkAcc: (quadlet >>> 16) & 0xff,
    maxRec: (quadlet >>> 12) & 0xf,
    generation: (quadlet >>> 4) & 0xf,
    linkSpd: quadlet & 0x7,
  };
}

/** The first CRC covers as many quadlets as its header says: the bus information alone, or the whole ROM. */
function busInfoFaults(rom: RomImage): RomFault[] {
  const header = rom.quadlet(0);
  const length = (header >>> 16) & 0xff;
  const covered = rom.octets(1, length);
  if (covered.length < length * 4) return [{ offsetQuadlets: 0, reason: "truncated" }];
  return crc16(covered) === (header & 0xffff) ? [] : [{ offsetQuadlets: 0, reason: "crc" }];
}
