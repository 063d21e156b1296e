import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";

const none = (): undefined => undefined;
const counted = { array: { of: { raw: true }, itemLength: 2, counted: true } };
const unfit = expect.objectContaining({ code: "value-invalid" });

describe("The codecs of texts and lists", () => {
  it("reads text without what fills it up, and writes none", () => {
    for (const hex of ["4c4737", "4c47370000", "4c473720202000", "20"]) {
      expect(parseCodec({ text: "ascii" }).decode(fromHex(hex), none)).toBe(hex === "20" ? "" : "LG7");
    }
    expect(toHex(parseCodec({ text: "ascii" }).encode("LG 7", none))).toBe("4c472037");
  });

  it("believes the items of a counted array, not their count", () => {
    const list = parseCodec(counted);
    for (const count of ["00", "02", "ff"]) {
      expect(list.decode(fromHex(`${count}01300290`), none)).toEqual(["0130", "0290"]);
    }
    expect(toHex(list.encode(["0130", "0290"], none))).toBe("0201300290");
  });

  it.each<[string, Json]>([
    ["", counted],
    ["004c", { text: "ascii" }],
    ["82a0", { text: "ascii" }],
    ["", "propertyMap"],
  ])("%j is no value of %j", (hex, codec) => {
    expect(() => parseCodec(codec).decode(fromHex(hex), none)).toThrow(unfit);
  });

  it.each<[Json, Json]>([
    [7, { text: "ascii" }],
    ["玄関", { text: "ascii" }],
    ["80", "propertyMap"],
    [["7f"], "propertyMap"],
    [[128], "propertyMap"],
  ])("%j has no octets in %j", (value, codec) => {
    expect(() => parseCodec(codec).encode(value, none)).toThrow(unfit);
  });
});
