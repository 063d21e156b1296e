import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
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
