import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { explainFrame } from "../../gateway-core/echonet/explain-frame.ts";
import { lampDescriptor } from "./lamp-descriptor.ts";

const none = () => undefined;

describe("A frame explained", () => {
  it("holds the fields of the wire in lower-case hexadecimal", () => {
    expect(explainFrame("1081010A02800105FF017201800130", none)).toEqual({
      tid: 266,
      seoj: "028001",
      deoj: "05ff01",
      esv: "Get_Res",
      properties: [{ epc: "80", edt: "30" }],
    });
  });

  it("names what the device's descriptor knows, in requests and in answers", () => {
    const answer = explainFrame("1081000102900105ff017201800130", () => lampDescriptor);
    expect(answer["properties"]).toEqual([expect.objectContaining({ epc: "80", name: "power", value: true })]);
    const request = explainFrame("1081000105ff01029001620180 00".replace(" ", ""), () => lampDescriptor);
    expect(request["properties"]).toEqual([{ epc: "80", edt: "", name: "power", title: expect.any(String) }]);
  });

  it("has no value where the octets mean nothing", () => {
    const { properties } = explainFrame("1081000102900105ff0172018001ff", () => lampDescriptor);
    expect(properties).toEqual([{ epc: "80", edt: "ff", name: "power", title: expect.any(String) }]);
  });

  it("has both lists of a SetGet", () => {
    expect(explainFrame("1081000105ff010290016e01800130018000", none)).toMatchObject({
      properties: [{ epc: "80", edt: "30" }],
      properties2: [{ epc: "80", edt: "" }],
    });
  });

  it("multiplies a coefficient in when it stands in the same frame, and has no value when it does not", () => {
    const number = (epc: string, codec: object) => ({
      titles: { en: epc, ja: epc },
      "gk:bind": { echonet: { epc, codec: codec as JsonObject } },
    });
    const meter = {
      ...lampDescriptor,
      properties: {
        energy: number("0xE0", { num: "uint16", coefficient: ["0xE2", "0xE3"] }),
        unit: number("0xE2", { map: { "0x01": 0.1 } }),
        factor: number("0xE3", { num: "uint8" }),
        broken: number("0xE4", { nonsense: true }),
      },
    };
    const values = (hex: string): unknown[] =>
      (explainFrame(hex, () => meter)["properties"] as JsonObject[]).map((property) => property["value"]);
    expect(values("1081000102900105ff017204e0020064e20101e30103e40100")).toEqual([30, 0.1, 3, undefined]);
    expect(values("1081000102900105ff017202e0020064e20101")).toEqual([undefined, 0.1]);
  });

  it("tells of any text that is no frame by a HomeError and nothing else", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString("hex")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          explainFrame(text, none);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HomeError);
        }
      }),
    );
  });
});
