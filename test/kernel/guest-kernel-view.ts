/** What the guest's kernel itself says of its own node: the units that it found in the ROM that it shows to others. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeConfigRom } from "../../gateway-core/ieee1394/config-rom.ts";

const folder = "/sys/bus/firewire/devices";
/** Of the virtual card. */
const ownGuid = "0x0050c2fffe139400";

const said = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8").trim();

/** Undefined while it is not there whole: the kernel changes it while it is read. */
export function ownNode() {
  try {
    return readOwnNode();
  } catch {
    return undefined;
  }
}

function readOwnNode() {
  const names = readdirSync(folder);
  const node = names.find((name) => /^fw\d+$/.test(name) && said(name, "guid") === ownGuid);
  if (node === undefined) return undefined;
  const units = names
    .filter((name) => name.startsWith(`${node}.`))
    .map((name) => ({ specifier: said(name, "specifier_id"), version: said(name, "version") }));
  // Its quadlets are in the order of this machine.
  const { faults, vendorName, units: read } = decodeConfigRom(readFileSync(join(folder, node, "config_rom")).swap32());
  return {
    units,
    rom: { faults, vendorName, units: read.map(({ specifierId, version }) => ({ specifierId, version })) },
  };
}
