import { describe, expect, it } from "vitest";
import type { Json } from "../../../gateway-core/contract/json.ts";
import { decodeFields, encodeFields, operationForm } from "../../../gateway-core/ieee1394/havi/operation-form.ts";
import { parseCall, parseResult } from "../../../gateway-core/ieee1394/havi/recipe.ts";
import { thrownBy } from "../thrown-by.ts";

describe("The recipe of a HAVi call", () => {
  it("names an operation of the tables, and puts the value where {value} stands", () => {
    const make = parseCall({ api: "Amplifier", operation: "SetVolume", fields: { volume: "{value}" } });
    const { form, fields } = make(40);
    expect([form.api, form.operation, fields]).toEqual([0x13, 0, { volume: 40 }]);
    expect(encodeFields(form.parameters, fields)).toEqual(Uint8Array.of(40));
  });

  it("brings the types of an interface that nobody knows", () => {
    const make = parseCall({
      ...{ api: "8017", operation: 2, parameters: [["strength", "ushort"]], fields: { strength: "{value}" } },
      ...{ scale: 0.5, offset: 1 },
    });
    const { form, fields } = make(4);
    expect([form.api, form.operation, fields]).toEqual([0x8017, 2, { strength: 6 }]);
    expect(encodeFields(form.parameters, fields)).toEqual(Uint8Array.of(0, 6));
    expect(decodeFields(form.results, new Uint8Array())).toEqual({});
    expect(parseCall({ api: "Fcm", operation: 9, results: [["a", "octet"]] })(null).form.api).toBe(5);
  });

  it("has words for values, in lists and objects too, and refuses others", () => {
    const make = parseCall({
      ...{ api: "Fcm", operation: "NativeCommand", words: { on: "70", off: "60" } },
      fields: { protocol: 1, command: ["{value}", { in: "{value}" }, 7] },
      expect: { response: "09" },
    });
    expect(make("on")).toMatchObject({
      fields: { protocol: 1, command: ["70", { in: "70" }, 7] },
      expected: { response: "09" },
    });
    expect(thrownBy(() => make("dim"))).toMatchObject({ code: "value-invalid" });
    expect(
      parseCall({ api: "Fcm", operation: "SetPowerState", fields: { powerState: "{value}" } })(true).fields,
    ).toEqual({
      powerState: true,
    });
  });

  it.each<Json>([
    null,
    { api: "Fcm", operation: "Fly" },
    { api: "Fcm", operation: "Reserve" },
    { api: "Nobody", operation: "Fly" },
    { api: "xyz", operation: 1, results: [] },
    { api: "8017", operation: 256, results: [] },
    { api: "8017", operation: 1, results: [["a", "cheese"]] },
    { api: "Fcm", operation: "Wink", scale: 0 },
    { api: "Fcm", operation: "Wink", offset: "x" },
    { api: "Fcm", operation: "Wink", fields: 1 },
  ])("%j is none", (call) => {
    expect(thrownBy(() => parseCall(call))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("finds a value among results: as it is, by words, scaled, or in octets", () => {
    expect(parseResult({ at: "isOn" })({ isOn: true })).toBe(true);
    expect(parseResult({ at: ["a", "b"], scale: 0.5, offset: -1 })({ a: { b: 5 } })).toBe(1.5);
    expect(parseResult({ at: ["a", "b"] })({ a: 1 })).toBeUndefined();
    const words = parseResult({ at: "state", map: { PLAY: "playing" } });
    expect([words({ state: "PLAY" }), words({ state: "SKIP" })]).toEqual(["playing", undefined]);
    const octets = parseResult({ at: "response", octets: { map: { "0c20c375": "playing" } } });
    expect(octets({ response: "0c20c37500" })).toBe("playing");
    expect([octets({ response: "" }), octets({ response: 7 }), octets({})]).toEqual([undefined, undefined, undefined]);
    expect(thrownBy(() => parseResult({ at: "a", scale: -1 }))).toMatchObject({ code: "descriptor-invalid" });
    expect(thrownBy(() => parseResult({}))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("of results in another form is an error", () => {
    const { results } = operationForm("Amplifier", "GetVolume");
    expect(thrownBy(() => decodeFields(results, Uint8Array.of(1, 2)))).toMatchObject({ code: "frame-malformed" });
    expect(thrownBy(() => operationForm("Registry", "Fly"))).toMatchObject({ code: "descriptor-invalid" });
  });
});
