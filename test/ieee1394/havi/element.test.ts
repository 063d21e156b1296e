import { describe, expect, it } from "vitest";
import type { Json } from "../../../gateway-core/contract/json.ts";
import { devicesAmong, elementOf, keyOf } from "../../../gateway-core/ieee1394/havi/element.ts";

const seid = "0011223344556677" + "0102";
const attribute = (name: string, value: Json): Json => ({ name, value });
const type = (word: string): Json => attribute("SE_TYPE", word);
const target = { type: "FCM_61883", guid: "0800460200000041", n1: 0, n2: 3 };

describe("A software element that a Registry tells of", () => {
  it("is known by its target, not by where it runs", () => {
    const element = elementOf(seid, [
      type("VCR_FCM"),
      attribute("VENDOR_ID", "080046"),
      attribute("TARGET_ID", target),
      attribute("DEVICE_MODEL", " WV-H5 "),
      attribute("USER_PREF_NAME", "Upstairs"),
      attribute("GUI_REQ", "DDI_GUI"),
      attribute("AV_LANG", "AVC_LANGUAGE"),
    ]);
    expect(element).toEqual({
      ...{ seid, word: "vcr", target: "0800460200000041", number: 3, vendor: "0x080046", model: "WV-H5" },
      ...{ name: "Upstairs", hasScreen: true, isAvc: true },
    });
    expect(element && keyOf(element)).toEqual({
      ...{ protocol: "ieee1394", commands: "havi", element: "vcr", vendor: "0x080046", model: "WV-H5" },
    });
  });

  it("that tells only a HUID is known by that; one that tells neither by where it runs and its handle", () => {
    const huid = { targetId: target, interfaceId: 1, vendorId: "0050c2", nlUniqueness: true, n2Assigner: "NONE" };
    const byHuid = elementOf(seid, [
      type("80000017"),
      attribute("TARGET_ID", { octets: "00" }),
      attribute("HUID", huid),
    ]);
    expect(byHuid).toMatchObject({ word: "80000017", target: "0800460200000041", number: 3, vendor: "0x0050c2" });
    const bare = elementOf(seid, [type("TUNER_FCM"), attribute("DEVICE_MODEL", "")]);
    expect(bare).toMatchObject({ target: "0011223344556677", number: 0x102, model: undefined, name: undefined });
    expect(bare && keyOf(bare)).toEqual({ protocol: "ieee1394", commands: "havi", element: "tuner" });
  });

  it("that belongs to the system, or says not what it is, is none of a device", () => {
    expect(elementOf(seid, [type("REGISTRY")])).toBeUndefined();
    expect(elementOf(seid, [type("00000009")])).toBeUndefined();
    expect(elementOf(seid, [])).toBeUndefined();
    expect(elementOf(seid, [7, { name: "SE_TYPE" }])).toBeUndefined();
  });
});

describe("The devices of a home among elements", () => {
  const made = (handle: string, word: string, more: Json[] = []) =>
    elementOf(`0011223344556677${handle}`, [type(word), ...more]) ?? expect.fail();
  const screen = attribute("GUI_REQ", "DDI_GUI");

  it("are its components, and the whole where it has none or sends a screen", () => {
    const whole = made("0001", "DCM");
    const component = made("0002", "TUNER_FCM");
    expect(devicesAmong([whole], () => false)).toEqual([whole]);
    expect(devicesAmong([whole, component], () => false)).toEqual([component]);
    const shown = made("0001", "DCM", [screen]);
    expect(devicesAmong([shown, component], () => false)).toEqual([shown, component]);
  });

  it("are not found twice where AV/C has found them already, but for those that send a screen", () => {
    const language = attribute("AV_LANG", "AVC_LANGUAGE");
    const [driven, own] = [made("0002", "VCR_FCM", [language]), made("0003", "TUNER_FCM")];
    const shown = made("0004", "VCR_FCM", [language, screen]);
    expect(devicesAmong([driven, own, shown], () => true)).toEqual([own, shown]);
    expect(devicesAmong([driven], () => false)).toEqual([driven]);
  });
});
