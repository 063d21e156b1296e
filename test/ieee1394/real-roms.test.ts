import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { toHex } from "../../gateway-core/bytes/hex.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { explainConfigRom } from "../../gateway-core/ieee1394/explain-config-rom.ts";
import { buildRom, type Entry, inHostOrder, text } from "./build-rom.ts";
import { expectReadOrRefused } from "./thrown-by.ts";

const guid = "0123456789abcdef";
/** Entries as they stand in the root directory of the kernel's own ROM. */
const kernelRoot: readonly Entry[] = [
  [0x0c, 0x0083c0],
  [0x03, 0x001f11],
  [0x81, text("Linux Firewire")],
  [0x17, 0x023901],
  [0x81, text("Juju")],
];

/** Images of real devices carry no licence to be packed with us: they stand beside the repository, or nowhere. */
const folder = new URL("../../../shared/data/config-roms/", import.meta.url);
const hasImages = existsSync(fileURLToPath(folder));
if (!hasImages) console.warn(`SKIPPED: real configuration ROMs are not at ${fileURLToPath(folder)}`);

interface Image {
  readonly file: string;
  readonly guid: string;
  readonly vendor_id: string;
  readonly vendor_name: string | null;
  readonly model_id: string | null;
  readonly model_name: string | null;
  readonly units: readonly {
    readonly specifier_id: string;
    readonly version: string;
    readonly model_id: string | null;
    readonly model_name: string | null;
  }[];
  readonly all_texts: readonly string[];
  readonly bus_info: Readonly<Record<string, number | boolean>>;
  readonly blocks_with_bad_crc_or_truncated: readonly (readonly [number, string])[];
}
const images: readonly Image[] = hasImages
  ? (JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as { images: Image[] }).images
  : [];
const withoutPrefix = (hex: string | null): string | null => hex?.slice(2) ?? null;

describe.skipIf(!hasImages)("The ROMs of real devices", { timeout: 60_000 }, () => {
  it("are all there", () => {
    expect(images).toHaveLength(79);
  });

  it.each(images.map((image) => [image.file, image] as const))(
    "%s reads as expected, in either byte order",
    (file, image) => {
      const octets = readFileSync(new URL(file, folder));
      const { units, crcErrors, busInfo, ...told } = explainConfigRom(octets) as Record<string, Json>;
      expect(told).toEqual({
        guid: image.guid,
        vendorId: withoutPrefix(image.vendor_id),
        vendorName: image.vendor_name,
        modelId: withoutPrefix(image.model_id),
        modelName: image.model_name,
        texts: image.all_texts,
      });
      expect(units).toMatchObject(
        image.units.map((unit) => ({
          specifierId: withoutPrefix(unit.specifier_id),
          version: withoutPrefix(unit.version),
          modelId: withoutPrefix(unit.model_id),
          modelName: unit.model_name,
        })),
      );
      expect(crcErrors).toMatchObject([
        ...(image.bus_info["bus_info_crc_ok"] ? [] : [{ offsetQuadlets: 0, reason: "crc" }]),
        ...image.blocks_with_bad_crc_or_truncated.map(([offsetQuadlets, reason]) => ({ offsetQuadlets, reason })),
      ]);
      expect(busInfo).toMatchObject({
        irmc: image.bus_info["irmc"] === 1,
        cmc: image.bus_info["cmc"] === 1,
        isc: image.bus_info["isc"] === 1,
        bmc: image.bus_info["bmc"] === 1,
        cycClkAcc: image.bus_info["cyc_clk_acc"],
        maxRec: image.bus_info["max_rec"],
        generation: image.bus_info["generation"],
        linkSpd: image.bus_info["link_spd"],
      });
      expect(explainConfigRom(inHostOrder(octets))).toEqual(explainConfigRom(octets));
    },
  );

  it("of the kernel's generator are what the tests' own builder writes", () => {
    const golden = (file: string) => toHex(readFileSync(new URL(file, folder)));
    expect(toHex(buildRom(0xf000b223, guid, kernelRoot))).toBe(golden("linux__config_rom_bare.bin"));
    const unit = {
      entries: [
        [0x12, 0x00a02d],
        [0x13, 0x010001],
        [0x17, 0x260827],
        [0x81, text("Pui")],
      ] as const,
    };
    expect(toHex(buildRom(0xf000b233, guid, [...kernelRoot, [0xd1, unit]]))).toBe(
      golden("linux__config_rom_with_avc_unit.bin"),
    );
  });

  it("cut anywhere are read or refused by a HomeError that says where", () => {
    for (const { file } of images) {
      const octets = readFileSync(new URL(file, folder));
      for (let length = 0; length < octets.length; length++) {
        expectReadOrRefused(() => explainConfigRom(octets.subarray(0, length)));
      }
    }
  });
});
