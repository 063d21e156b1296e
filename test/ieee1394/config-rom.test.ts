import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { decodeConfigRom } from "../../gateway-core/ieee1394/config-rom.ts";
import { explainConfigRom } from "../../gateway-core/ieee1394/explain-config-rom.ts";
import { buildRom, type Entry, inHostOrder, text } from "./build-rom.ts";
import { expectReadOrRefused, thrownBy } from "./thrown-by.ts";

const guid = "0123456789abcdef";
const avcUnit: readonly Entry[] = [
  [0x12, 0x00a02d],
  [0x13, 0x010001],
];
/** Entries as they stand in the root directory of the kernel's own ROM. */
const kernelRoot: readonly Entry[] = [
  [0x0c, 0x0083c0],
  [0x03, 0x001f11],
  [0x81, text("Linux Firewire")],
  [0x17, 0x023901],
  [0x81, text("Juju")],
];
const rom = (root: readonly Entry[]) => decodeConfigRom(buildRom(0xf000b233, guid, root));

describe("A configuration ROM", () => {
  it("tells vendor, model, units, texts and capabilities", () => {
    const unit = { entries: [...avcUnit, [0x17, 0x260827], [0x81, text("Pui")]] as const };
    expect(rom([...kernelRoot, [0xd1, unit]])).toEqual({
      guid,
      busInfo: {
        irmc: true,
        cmc: true,
        isc: true,
        bmc: true,
        pmc: false,
        cycClkAcc: 0,
        maxRec: 11,
        generation: 3,
        linkSpd: 3,
      },
      vendorId: 0x001f11,
      vendorName: "Linux Firewire",
      modelId: 0x023901,
      modelName: "Juju",
      units: [{ specifierId: 0x00a02d, version: 0x010001, modelId: 0x260827, modelName: "Pui", dependentTexts: [] }],
      texts: ["Linux Firewire", "Juju", "Pui"],
      faults: [],
    });
  });

  it("is explained in hexadecimal; what it does not tell is null", () => {
    expect(explainConfigRom(buildRom(0, guid, [[0xd1, { entries: [] }]]))).toMatchObject({
      guid,
      vendorId: null,
      vendorName: null,
      modelId: null,
      modelName: null,
      units: [{ specifierId: null, version: null, modelId: null, modelName: null }],
      texts: [],
      crcErrors: [],
    });
    expect(explainConfigRom(buildRom(0, guid, [[0x03, 0x1f11]]))).toMatchObject({ vendorId: "001f11" });
  });

  it("of one quadlet tells a vendor and nothing else, in either byte order", () => {
    for (const hex of ["01080046", "46000801"]) {
      expect(explainConfigRom(fromHex(hex))).toEqual({
        guid: null,
        vendorId: "080046",
        vendorName: null,
        modelId: null,
        modelName: null,
        units: [],
        texts: [],
        crcErrors: [],
        busInfo: null,
      });
    }
  });

  it("dumped in the order of a host reads the same", () => {
    const image = buildRom(0xf000b233, guid, [...kernelRoot, [0xd1, { entries: avcUnit }]]);
    expect(decodeConfigRom(inHostOrder(image))).toEqual(decodeConfigRom(image));
  });

  it("is read from a view and from a Buffer without changing either", () => {
    const image = inHostOrder(buildRom(0, guid, kernelRoot));
    const buffer = Buffer.concat([Buffer.of(9), image]).subarray(1);
    expect(decodeConfigRom(buffer)).toEqual(decodeConfigRom(image));
    expect(toHex(buffer)).toBe(toHex(image));
  });

  it("ends after 1 KiB, whatever follows in the image", () => {
    const image = buildRom(0, guid, kernelRoot);
    const long = new Uint8Array(5000).fill(0xff);
    long.set(image);
    expect(decodeConfigRom(long)).toEqual(decodeConfigRom(image));
  });
});

describe("A model", () => {
  const vendor: readonly Entry[] = [
    [0x03, 0x080046],
    [0x81, text("Vendor")],
  ];
  const model: readonly Entry[] = [
    [0x17, 0x380027],
    [0x81, text("Model 1")],
  ];
  const found = { vendorName: "Vendor", modelId: 0x380027, modelName: "Model 1" };

  it("is found in the vendor directory", () => {
    expect(rom([...vendor, [0xd1, { entries: avcUnit }], [0xc3, { entries: model }]])).toMatchObject(found);
  });

  it("is found in the unit directory", () => {
    expect(rom([...vendor, [0xd1, { entries: [...avcUnit, ...model] }]])).toMatchObject(found);
  });

  it("may have its number in one directory and its name beside the same number in another", () => {
    expect(rom([...vendor, [0x17, 0x380027], [0xd1, { entries: [...avcUnit, ...model] }]])).toMatchObject(found);
    expect(rom([...vendor, [0x17, 0x1], [0xd1, { entries: [...avcUnit, ...model] }]])).toMatchObject({
      modelId: 1,
      modelName: undefined,
    });
  });

  it("and its vendor may be named behind the vendor directory instead of the vendor's number", () => {
    expect(
      rom([
        [0x03, 0x080046],
        [0xc3, { entries: model }],
        [0x81, text("Vendor")],
      ]),
    ).toMatchObject(found);
  });

  it("of a camera stands in the directory that only its specification explains", () => {
    const dependent = {
      entries: [
        [0x40, 0x3c0000],
        [0x81, text("Basler")],
        [0x82, text("A602f")],
        [0x38, 16],
      ] as const,
    };
    const { units, texts, modelName } = rom([[0xd1, { entries: [...avcUnit, [0xd4, dependent]] }]]);
    expect(units[0]?.dependentTexts).toEqual(["Basler", "A602f"]);
    expect([texts, modelName]).toEqual([["Basler"], undefined]);
    const camera = buildRom(0, guid, [[0xd1, { entries: [...avcUnit, [0xd4, dependent]] }]]);
    expect((explainConfigRom(camera)["units"] as JsonObject[])[0]).toMatchObject({
      dependentTexts: ["Basler", "A602f"],
    });
  });
});

describe("A faulty ROM", () => {
  const image = buildRom(0xe0644000, guid, [...kernelRoot, [0xd1, { entries: avcUnit }]]);
  const changed = (at: number, octet: number) => Uint8Array.from(image, (old, index) => (index === at ? octet : old));

  it("with a wrong CRC is read, and the block named", () => {
    const { faults, vendorName } = decodeConfigRom(changed(2, 0xff));
    expect([faults, vendorName]).toEqual([[{ offsetQuadlets: 0, reason: "crc" }], "Linux Firewire"]);
    expect(explainConfigRom(changed(22, 0xee))["crcErrors"]).toEqual([
      { address: "fffff0000414", offsetQuadlets: 5, reason: "crc" },
    ]);
  });

  it("whose first CRC covers more than there is, is read", () => {
    expect(decodeConfigRom(changed(1, 0xff)).faults).toEqual([{ offsetQuadlets: 0, reason: "truncated" }]);
  });

  it("with an entry that leads out of the image is read, and so is one that leads back to itself", () => {
    const lost = rom([...kernelRoot, [0x81, 0x1000], [0xd1, 0xffff]]);
    expect(lost.vendorName).toBe("Linux Firewire");
    expect(lost.faults.map(({ reason }) => reason)).toEqual(["truncated", "truncated"]);
    expect(rom([...kernelRoot, [0xd1, 0]]).units).toHaveLength(1);
  });

  it("with one unit directory that two entries lead to has one unit", () => {
    const twice = rom([[0xd8, { entries: [[0xd1, 1]] }]]);
    expect(twice.units).toHaveLength(1);
    // Entry 0 of the root leads to the directory behind both, entry 1 to the same.
    const shared = buildRom(0, guid, [
      [0xd1, 2],
      [0xd1, 1],
    ]);
    expect(decodeConfigRom(Uint8Array.of(...shared, 0, 0, 0, 0)).units).toHaveLength(1);
  });

  it("without its full bus information has no GUID, and with a short one neither", () => {
    expect(decodeConfigRom(image.subarray(0, 16))).toMatchObject({ guid: undefined, busInfo: { irmc: true } });
    expect(decodeConfigRom(image.subarray(0, 8))).toMatchObject({ guid: undefined, busInfo: undefined });
    expect(decodeConfigRom(changed(0, 3)).guid).toBeUndefined();
  });

  it.each([
    ["", 0],
    ["0404", 0],
    ["00000000", 0],
    ["000000000000000000000000", 0],
    ["0404abcd", 4],
    ["0404abcd4d4d4d4d", 4],
  ])("that is none at all (%j) is malformed at offset %i", (hex, offset) => {
    expect(thrownBy(() => decodeConfigRom(fromHex(hex)))).toMatchObject({
      code: "frame-malformed",
      details: { offset },
    });
  });
});

describe("Whatever vendor, model and units there are", { timeout: 60_000 }, () => {
  const id = fc.nat(0xffffff);
  const name = fc.string({ unit: fc.constantFrom(..."ABCxyz 019-_."), minLength: 1, maxLength: 20 });
  const unit = fc.record({ specifierId: id, version: id, modelId: id, modelName: name });

  it("a ROM written with them reads as them", () => {
    fc.assert(
      fc.property(
        id,
        name,
        id,
        name,
        fc.array(unit, { maxLength: 4 }),
        (vendorId, vendorName, modelId, modelName, units) => {
          const written = rom([
            [0x03, vendorId],
            [0x81, text(vendorName)],
            [0x17, modelId],
            [0x81, text(modelName)],
            ...units.map(
              (one): Entry => [
                0xd1,
                {
                  entries: [
                    [0x12, one.specifierId],
                    [0x13, one.version],
                    [0x17, one.modelId],
                    [0x81, text(one.modelName)],
                  ],
                },
              ],
            ),
          ]);
          expect(written).toMatchObject({
            guid,
            vendorId,
            vendorName,
            modelId,
            modelName,
            units: units.map((one) => ({ ...one, dependentTexts: [] })),
            faults: [],
          });
        },
      ),
    );
  });

  it("every cut and every mutation of a ROM is read or refused by a HomeError that says where", () => {
    const image = buildRom(0xf000b233, guid, [...kernelRoot, [0xd1, { entries: avcUnit }]]);
    for (let length = 0; length <= image.length; length++) {
      expectReadOrRefused(() => explainConfigRom(image.subarray(0, length)));
    }
    const change = fc.tuple(fc.nat(image.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const mutated = image.slice();
        for (const [at, octet] of changes) mutated[at] = octet;
        expectReadOrRefused(() => explainConfigRom(mutated));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), (any) => expectReadOrRefused(() => explainConfigRom(any))),
    );
  });
});
