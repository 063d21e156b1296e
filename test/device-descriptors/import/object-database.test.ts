/** The Object Database's free text, on samples as it has them. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../device-descriptors/import/csv.ts";
import { nameOf } from "../../../device-descriptors/import/name.ts";
import { readObjectDatabaseClass } from "../../../device-descriptors/import/object-database.ts";
import { readValueText, type ValueText } from "../../../device-descriptors/import/value-text.ts";

const text = (sample: Partial<ValueText>) =>
  readValueText({ en: "", ja: sample.en ?? "", unit: "-", type: "unsigned char", octets: 1, ...sample });

describe("A value in free text is", () => {
  const samples: readonly (readonly [what: string, sample: Partial<ValueText>, data: unknown])[] = [
    [
      "a number whose range stands in codes and, in brackets, as people say it",
      {
        en: "0xF554.0x7FFE (-2732.32766) (-273.2.3276.6°C)",
        ja: "0xF554～0x7FFE(-2732～32766) (-273.2～3276.6℃)",
        unit: "0.1°C",
        type: "signed short",
        octets: 2,
      },
      { type: "number", format: "int16", minimum: -2732, maximum: 32766, multiple: 0.1, unit: "°C" },
    ],
    [
      "a number in steps that only the brackets tell",
      {
        en: "0x0000.0xFFFD (0 sec..655,330 sec.)",
        ja: "0x0000～0xFFFD(0秒～655,330秒)",
        unit: "10 sec",
        type: "unsigned short",
        octets: 2,
      },
      { type: "number", format: "uint16", minimum: 0, maximum: 65533, multiple: 10, unit: "sec" },
    ],
    [
      "signed where its codes run downwards, whatever the type column says",
      {
        en: "0xFE0C.0x3E8 (-50.0.100.0°C)",
        ja: "0xFE0C～0x3E8(-50.0～100.0℃)",
        unit: "0.1°C",
        type: "unsigned short",
        octets: 2,
      },
      { type: "number", format: "int16", minimum: -500, maximum: 1000, multiple: 0.1, unit: "°C" },
    ],
    [
      "a percentage, though its unit column says a hundredth",
      { en: "0x00.0x64 (0.100%)", ja: "0x00～0x64(0～100%)", unit: "0.01" },
      { type: "number", format: "uint8", minimum: 0, maximum: 100, multiple: 1, unit: "%" },
    ],
    [
      "of three octets where the size column says so",
      {
        en: "0.0xFFFFFF (0.16,777,215)",
        ja: "0～0xFFFFFF(0～16,777,215)",
        unit: "liter",
        type: "unsigned char × 3",
        octets: 3,
      },
      { type: "number", format: "uint24", minimum: 0, maximum: 16_777_215, multiple: 1, unit: "liter" },
    ],
    [
      "steps where nothing stands in brackets",
      { en: "Level 0x31 to 0x38" },
      { type: "level", base: "0x31", maximum: 8 },
    ],
    [
      "an array where there are more octets than one number takes",
      {
        en: "0x0.0x3B9AC9FF (0.999999,999m3)",
        ja: "0x0～0x3B9AC9FF(0～999,999.999m3）",
        unit: "0.001m3",
        type: "unsigned long × 48",
        octets: 192,
      },
      {
        type: "array",
        itemSize: 4,
        minItems: 48,
        maxItems: 48,
        items: { type: "number", format: "uint32", minimum: 0, maximum: 999_999_999, multiple: 0.001, unit: "m3" },
      },
    ],
    [
      "a time of day",
      { en: "0.0x17: 0.0x3B (= 0.23): (= 0.59)", ja: "0～0x17：0～0x3B(=0～23)：（=0～59）", octets: 2 },
      { type: "time", size: 2 },
    ],
    [
      "a duration",
      { en: "0.0xFF: 0.0x3B (= 0.255)", ja: "0～0xFF：0～0x3B(=0～255)", octets: 2 },
      { type: "time", size: 2, maximumOfHour: 255 },
    ],
  ];
  it.each(samples)("%s", (_what, sample, data) => {
    expect(text(sample)).toEqual(data);
  });

  it("states, labels before or behind their codes, true and false where the second denies the first", () => {
    expect(names({ en: "Emission ON= 0x41, OFF=0x42", ja: "放出入＝0x41,放出切＝0x42" })).toEqual(["true", "false"]);
    expect(names({ en: "Gas detected = 0x41 Gas not detected = 0x42", ja: "検知有＝0x41 検知無＝0x42" })).toEqual([
      "true",
      "false",
    ]);
    expect(names({ en: "Cover open = 0x41, cover closed = 0x42", ja: "蓋開＝0x41, 蓋閉＝0x42" })).toEqual([
      "coverOpen",
      "coverClosed",
    ]);
    const gas = text({ en: "0x30: city gas 0x31: LP gas", ja: "0x30：都市ガス 0x31：LP ガス" });
    expect(gas).toEqual({
      type: "state",
      enum: [
        { edt: "0x30", name: "cityGas", descriptions: { en: "city gas", ja: "都市ガス" } },
        { edt: "0x31", name: "lpGas", descriptions: { en: "LP gas", ja: "LP ガス" } },
      ],
    });
  });

  it("a number and states beside it", () => {
    const both = text({
      en: "0x00.0x64, (0.100%) Automatic setting =0x70",
      ja: "0x00～0x64（0～100％）, 自動設定＝0x70",
    });
    expect(both).toMatchObject({
      oneOf: [{ type: "number", maximum: 100 }, { enum: [{ edt: "0x70", name: expect.stringMatching(/automatic/i) }] }],
    });
  });

  it("nothing where the languages disagree, codes are left over, or several ranges stand in it", () => {
    expect(text({ en: "ON=0x30, OFF=0x31", ja: "入＝0x30" })).toBeUndefined();
    expect(text({ en: "Automatic = 0x31 0x41.0x49", ja: "自動=0x32 0x41～0x49" })).toBeUndefined();
    expect(text({ en: "0x0000.0x0063: 0x0.0x3B9AC9FF", type: "unsigned short", octets: 194 })).toBeUndefined();
    expect(text({ en: "Identifies the product using ASCII code.", octets: 12 })).toBeUndefined();
  });

  it("never an error, whatever the text", () => {
    const piece = fc.constantFrom(
      "0x41",
      "0x00",
      "～",
      ".",
      "=",
      "：",
      "(",
      ")",
      "0",
      "100%",
      "ON",
      "有",
      ",",
      " ",
      "×",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), fc.integer({ min: 1, max: 255 }), (en, ja, octets) => {
        text({ en: en.join(""), ja: ja.join(""), octets });
      }),
    );
  });

  const names = (sample: Partial<ValueText>): unknown => {
    const data = text(sample);
    return Array.isArray(data?.["enum"]) ? data["enum"].map((state: { name: string }) => state.name) : data;
  };
});

const header = "Class name,Remarks\n";
const columns = "EPC,Property name,Contents,Value range,Unit,Data type,Data size,Anno,Set,Get,Inf,Remark\n";
const english = `${header}Rain sensor,\n${columns}0x80,Operation status,,"ON=0x30, OFF=0x31",-,unsigned char,1,-,optional,mandatory,mandatory,
0xB0,Detection threshold level,,0x31.0x38,-,unsigned char,1,-,optional,optional,-,
0xB1,Rain detection status,"It rains, or not",Rain found = 0x41 Rain not found = 0x42,-,unsigned char,1,-,-,mandatory,mandatory,
0xBF,Resetting,,Reset = 0x00,-,unsigned char,1,-,optional,-,-,
0xC0,Measured picture,,See below,-,unsigned char × max 128,<= 128,-,-,optional,-,\n`;
const japanese = `${header}雨センサ,\n${columns}0xB0,検知閾値レベル設定,,0x31～0x38\n0xB1,雨検知状態,,雨検知有 0x41、雨検知無 0x42\n0xBF,リセット設定,,リセット＝0x00\n`;

describe("A class of the Object Database", () => {
  const sensor = readObjectDatabaseClass("0x0013", `\uFEFF${english}`, japanese);

  it("has its titles in both languages, and leaves the operation status to the super class", () => {
    expect(sensor).toMatchObject({ eojClass: "0x0013", titles: { en: "Rain sensor", ja: "雨センサ" } });
    expect(sensor.properties.map(({ epc }) => epc)).toEqual(["0xB0", "0xB1", "0xBF", "0xC0"]);
  });

  it("has properties that are read, set and announced as its access rules say", () => {
    const rights = sensor.properties.map(({ isReadable, isSettable, isObservable }) => [
      isReadable,
      isSettable,
      isObservable,
    ]);
    expect(rights).toEqual([
      [true, true, false],
      [true, false, true],
      [false, true, false],
      [true, false, false],
    ]);
  });

  it("keeps as octets what its text does not tell", () => {
    expect(sensor.properties.at(-1)).toMatchObject({
      name: "picture",
      data: { kind: "raw", minimum: 1, maximum: 128 },
    });
  });

  it("is refused without a class", () => {
    expect(() => readObjectDatabaseClass("0x0013", "", "")).toThrow("no class");
  });
});

describe("Helpers of the import", () => {
  it("read quoted fields with commas, quotes and line ends", () => {
    expect(parseCsv('a,"b, ""c""\nd",\r\n,,\r\ne')).toEqual([["a", 'b, "c"\nd', ""], ["e"]]);
  });

  it("make names of titles", () => {
    expect(nameOf("Measured value of CO2 concentration")).toBe("co2Concentration");
    expect(nameOf("Set value of the timer (relative)")).toBe("timer");
    expect(nameOf("2nd setting")).toBe("n2nd");
    expect(nameOf("The value")).toBe("theValue");
    expect(nameOf("（）")).toBe("");
  });
});
