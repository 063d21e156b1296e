import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../gateway-core/bytes/hex.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { createFrameExplainer } from "../../gateway-core/echonet/explain-frame.ts";
import type { FindDescriptor } from "../../gateway-core/echonet/object-knowledge.ts";
import vectors from "../vectors/echonet-frames.json" with { type: "json" };
import { lampDescriptor } from "./lamp-descriptor.ts";

const none = () => undefined;
const isLamp: FindDescriptor = ({ eojClass }) => (eojClass === "0x0290" ? lampDescriptor : undefined);
const explainFrame = (hex: string, find: FindDescriptor, language: "en" | "ja" = "en") =>
  createFrameExplainer(find, language)(fromHex(hex));
const propertiesOf = (hex: string, language: "en" | "ja" = "en") =>
  explainFrame(hex, none, language)["properties"] as JsonObject[];
/** What a node profile says of one of its properties. */
const ofProfile = (epc: string, edt: string) =>
  propertiesOf(`108100010ef00105ff017201${epc}${(edt.length / 2).toString(16).padStart(2, "0")}${edt}`)[0];

describe("A frame explained", () => {
  it.each(vectors.filter(({ expected }) => expected !== null))(
    "keeps what stands in $hex ($kind)",
    ({ hex, expected }) => {
      for (const language of ["en", "ja"] as const)
        expect(explainFrame(hex, isLamp, language)).toMatchObject(expected ?? {});
    },
  );

  it("holds the fields of the wire in lower-case hexadecimal", () => {
    expect(explainFrame("1081010A02800105FF017201800130", none)).toEqual({
      tid: 266,
      seoj: "028001",
      deoj: "05ff01",
      deojTitle: "Controller",
      esv: "Get_Res",
      esvTitle: "Values read",
      properties: [{ epc: "80", edt: "30", name: "power", title: "Operation status", value: true, text: "On" }],
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
      properties: [{ epc: "80", edt: "30", value: true }],
      properties2: [{ epc: "80", edt: "", name: "power" }],
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
        nested: number("0xE5", { num: "uint8", coefficient: ["0xE0"] }),
      },
    };
    const values = (hex: string): unknown[] =>
      (explainFrame(hex, () => meter)["properties"] as JsonObject[]).map((property) => property["value"]);
    expect(values("1081000102900105ff017204e0020064e20101e30103e40100")).toEqual([30, 0.1, 3, undefined]);
    expect(values("1081000102900105ff017202e0020064e20101")).toEqual([undefined, 0.1]);
    // A coefficient that has coefficients of its own is not known here.
    expect(values("1081000102900105ff017203e5 0101e0020064e20101".replace(" ", ""))).toEqual([
      undefined,
      undefined,
      0.1,
    ]);
  });

  it("calls objects, services, properties and words by their names in the language asked for", () => {
    const hex = "1081000105ff0102900161018001 30".replace(" ", "");
    expect(explainFrame(hex, isLamp, "ja")).toMatchObject({
      seojTitle: "コントローラ",
      deojTitle: "照明",
      esvTitle: "書込み要求（応答要）",
      properties: [{ value: true }],
    });
    expect(propertiesOf("1081000100110105ff01720180 0131".replace(" ", ""), "ja")).toEqual([
      { epc: "80", edt: "31", name: "power", title: "動作状態", value: false, text: "オフ" },
    ]);
  });

  it("knows what the protocol gives to every node", () => {
    expect(explainFrame("108100010ef0010ef0017301d5040105ff01", none)).toMatchObject({
      seojTitle: "Node profile",
      deojTitle: "Node profile",
      esvTitle: "Announcement",
      properties: [{ epc: "d5", title: "Instance list notification", value: ["05ff01"] }],
    });
    expect(ofProfile("d6", "02013001029001")).toMatchObject({ value: ["013001", "029001"] });
    expect(ofProfile("d7", "0201300290")).toMatchObject({ value: ["0130", "0290"] });
    expect(ofProfile("d3", "000002")).toMatchObject({ value: 2 });
    expect(ofProfile("82", "010d0100")).toMatchObject({ value: { major: 1, minor: 13, messageFormats: "0100" } });
    expect(ofProfile("9f", "0380829f")).toMatchObject({ value: ["80", "82", "9f"] });
    expect(ofProfile("9d", "160d01010f090100000101090800020a03")).toMatchObject({
      value: "80 81 82 83 84 85 88 89 8a 8f 93 9d 9e 9f a0 a3 b0 b3 b4 ba bb be".split(" "),
    });
    expect(ofProfile("8a", "00000b")).toMatchObject({ title: "Manufacturer code", value: "00000b" });
    expect(ofProfile("8c", "43532d583430354332000000")).toMatchObject({ value: "CS-X405C2" });
    expect(ofProfile("83", `fe00000b${"01".repeat(13)}`)).toMatchObject({ value: `fe00000b${"01".repeat(13)}` });
  });

  it("knows what the protocol gives to every device, also one that nobody described", () => {
    const all = "1081000104440105ff0172038204000052008c0c4c472d37202020202020202088 0142".replace(" ", "");
    expect(propertiesOf(all)).toEqual([
      expect.objectContaining({ epc: "82", value: { reserved: "0000", release: "R", revision: 0 } }),
      expect.objectContaining({ epc: "8c", title: "Product code", value: "LG-7" }),
      expect.objectContaining({ epc: "88", value: false, text: "No fault" }),
    ]);
    expect(explainFrame(all, none)["seojTitle"]).toBeUndefined();
  });

  it("has the text of octets that a descriptor leaves as they are, and no text where they are none", () => {
    const withProduct = {
      ...lampDescriptor,
      properties: {
        productCode: {
          titles: { en: "Product", ja: "商品" },
          contentEncoding: "base16" as const,
          "gk:bind": { echonet: { epc: "0x8C", codec: { raw: true } } },
        },
      },
    };
    const explained = (edt: string) =>
      (explainFrame(`1081000102900105ff0172018c02${edt}`, () => withProduct)["properties"] as JsonObject[])[0];
    expect(explained("4c37")).toMatchObject({ title: "Product", value: "4c37", text: "L7" });
    expect(explained("8341")).toEqual({ epc: "8c", edt: "8341", name: "productCode", title: "Product", value: "8341" });
  });

  it("asks for the descriptor of a class once, however long the stream", () => {
    const asked: string[] = [];
    const explain = createFrameExplainer(({ eojClass = "" }) => void asked.push(eojClass), "en");
    for (let turn = 0; turn < 3; turn++) explain(fromHex("1081000102900105ff017201800130"));
    expect(asked.toSorted()).toEqual(["0x0290", "0x05FF"]);
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
