import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../gateway-core/bytes/hex.ts";
import { decodeConfigRom } from "../../gateway-core/ieee1394/config-rom.ts";
import { type RomEntry, writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";

const guid = "0123456789abcdef";
/** What the Linux kernel's own generator is tested with. */
const kernelRoot: readonly RomEntry[] = [
  [0x0c, 0x0083c0],
  [0x03, 0x001f11],
  [0x81, "Linux Firewire"],
  [0x17, 0x023901],
  [0x81, "Juju"],
];

describe("A configuration ROM that the simulated home writes", () => {
  it("is what the gateway reads", () => {
    const unit: RomEntry = [
      0xd1,
      [
        [0x12, 0x00a02d],
        [0x13, 0x010001],
        [0x17, 0x260827],
        [0x81, "家のデッキ"],
      ],
    ];
    expect(decodeConfigRom(writeRom({ guid, capabilities: 0xf000b233, root: [...kernelRoot, unit] }))).toMatchObject({
      guid,
      vendorId: 0x001f11,
      vendorName: "Linux Firewire",
      modelId: 0x023901,
      modelName: "Juju",
      units: [{ specifierId: 0x00a02d, version: 0x010001, modelId: 0x260827, modelName: "家のデッキ" }],
      faults: [],
    });
  });

  it("is without a fault whatever texts and numbers stand in it", () => {
    const text = fc.string({ minLength: 1, maxLength: 20 }).filter((one) => !one.includes("\0"));
    fc.assert(
      fc.property(fc.nat(0xffffff), text, fc.nat(0xffffff), text, (vendorId, vendorName, modelId, modelName) => {
        const root: RomEntry[] = [
          [0x03, vendorId],
          [0x81, vendorName],
          [0x17, modelId],
          [0x81, modelName],
        ];
        const { faults, ...told } = decodeConfigRom(writeRom({ guid, capabilities: 0xf000b233, root }));
        expect(faults).toEqual([]);
        expect(told).toMatchObject({ guid, vendorId, vendorName, modelId, modelName });
      }),
      { numRuns: 50 },
    );
  });

  const folder = fileURLToPath(new URL("../../../shared/data/config-roms/", import.meta.url));
  if (!existsSync(folder)) console.warn(`SKIPPED: configuration ROMs of the kernel are not at ${folder}`);

  it.skipIf(!existsSync(folder))("is octet by octet what the kernel's generator writes", () => {
    const golden = (file: string) => toHex(readFileSync(`${folder}${file}`));
    expect(toHex(writeRom({ guid, capabilities: 0xf000b223, root: kernelRoot }))).toBe(
      golden("linux__config_rom_bare.bin"),
    );
    const unit: RomEntry = [
      0xd1,
      [
        [0x12, 0x00a02d],
        [0x13, 0x010001],
        [0x17, 0x260827],
        [0x81, "Pui"],
      ],
    ];
    expect(toHex(writeRom({ guid, capabilities: 0xf000b233, root: [...kernelRoot, unit] }))).toBe(
      golden("linux__config_rom_with_avc_unit.bin"),
    );
  });
});
