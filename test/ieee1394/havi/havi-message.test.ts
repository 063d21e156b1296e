import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { JsonObject } from "../../../gateway-core/contract/json.ts";
import { explainHavi } from "../../../gateway-core/ieee1394/havi/explain-havi.ts";
import {
  decodeHaviMessage,
  encodeHaviMessage,
  type HaviMessage,
} from "../../../gateway-core/ieee1394/havi/havi-message.ts";
import { composeRmi, encodeRmi, type NamedRmi } from "../../../gateway-core/ieee1394/havi/rmi.ts";
import vectors from "../../vectors/havi-messages.json" with { type: "json" };
import { expectReadOrRefused, thrownBy } from "../thrown-by.ts";

const gateway = "00112233445566770101";
const device = "08004601020304050100";
const message = (body: Uint8Array, more: Partial<HaviMessage> = {}): Uint8Array =>
  encodeHaviMessage({
    tam: 0,
    destination: gateway,
    source: device,
    protocol: 0,
    type: "SIMPLE",
    number: 1,
    body,
    ...more,
  });
const told = (rmi: NamedRmi): JsonObject => explainHavi(message(composeRmi(rmi)));

describe("A HAVi message", () => {
  it("round-trips, whatever its type", () => {
    const seid = fc.uint8Array({ minLength: 10, maxLength: 10 }).map(toHex);
    const any: fc.Arbitrary<HaviMessage> = fc
      .record({
        tam: fc.constantFrom(0, 0x3000_0000, 0x3fff_ffff),
        destination: seid,
        source: seid,
        protocol: fc.nat(255),
        type: fc.constantFrom("SIMPLE", "RELIABLE", "RELIABLE_ACK", "RELIABLE_NOACK"),
        number: fc.nat(255),
        body: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      })
      .map((one) => {
        if (one.type === "RELIABLE_ACK") return { ...one, body: new Uint8Array(0) };
        return one.type === "RELIABLE_NOACK" ? { ...one, body: one.body.slice(0, 1) } : one;
      });
    fc.assert(fc.property(any, (one) => void expect(decodeHaviMessage(encodeHaviMessage(one))).toEqual(one)));
  });

  it("that acknowledges has no body, and one of another protocol is told as it is", () => {
    expect(explainHavi(message(new Uint8Array(0), { type: "RELIABLE_ACK" }))).toEqual({
      destination: gateway,
      source: device,
      protocol: "HAVI_RMI",
      messageType: "RELIABLE_ACK",
      messageNumber: 1,
      payload: "",
    });
    expect(explainHavi(message(fromHex("0102"), { protocol: 1 }))).toMatchObject({
      protocol: "EVENT_MANAGER",
      payload: "0102",
    });
    expect(explainHavi(message(fromHex("0102"), { protocol: 9 }))).toMatchObject({ protocol: "09", payload: "0102" });
    expect(explainHavi(message(fromHex("01"), { protocol: 1, tam: 0x3012_3456 }))["tam"]).toBe("30123456");
    expect(explainHavi(message(fromHex("09"), { type: "RELIABLE_NOACK" }))).toMatchObject({ reason: "09" });
  });

  const header = (type: string, rest = ""): string => `00000000${gateway}${device}00${type}0100${rest}`;
  it.each([
    ["", 0],
    ["10000000", 0],
    [header("00"), 25],
    [header("05"), 25],
    [header("01"), 28],
    [header("01", "0000000201"), 32],
    [header("01", "000000080003000200000001"), 35],
    [header("01", "00000009000300000000000101ff"), 41],
    [header("01", "000000070003000000000000".slice(0, 22)), 36],
    [header("03", "00"), 28],
    [header("04", "0000000402ff"), 33],
    [header("01", "0000000a00030001000000010003"), 42],
  ])("%# that is none is malformed, and says where", (hex, offset) => {
    expect(thrownBy(() => explainHavi(fromHex(hex)))).toMatchObject({ code: "frame-malformed", details: { offset } });
  });

  it("cut or changed anywhere, or of any octets, is read or refused, saying where", { timeout: 60_000 }, () => {
    for (const { hex } of vectors) {
      const whole = fromHex(hex);
      for (const [at, old] of whole.entries()) {
        expectReadOrRefused(() => explainHavi(whole.subarray(0, at)));
        for (const flip of [0x01, 0x80, 0xff, old]) {
          expectReadOrRefused(() =>
            explainHavi(Uint8Array.from(whole, (octet, index) => (index === at ? octet ^ flip : octet))),
          );
        }
      }
    }
    const rmi = fc.tuple(
      fc.constantFrom(2, 3, 4, 5, 7, 10),
      fc.nat(255),
      fc.boolean(),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(rmi, ([api, operation, isResponse, payload]) => {
        const status = isResponse ? { status: { api, error: 0 } } : {};
        const octets = message(encodeRmi({ api, operation, transaction: 1, payload, ...status }));
        expectReadOrRefused(() => explainHavi(octets));
      }),
      { numRuns: 500 },
    );
  });
});

describe("An invocation", () => {
  const rmi = { transaction: 6, fields: {} };
  const success = { api: 3, error: 0 };

  it("tells what the registry found, and what an element says of itself", () => {
    const found = { seids: [device, gateway], isComplete: false };
    expect(told({ ...rmi, api: "Registry", operation: "GetElement", status: success, fields: found })).toMatchObject({
      operation: "GetElement",
      status: { api: "Registry", error: "SUCCESS" },
      fields: found,
    });
    const attributes = [
      { name: "SE_TYPE", value: "VCR_FCM" },
      { name: "VENDOR_ID", value: "080046" },
      { name: "DEVICE_CLASS", value: "BAV" },
      { name: "GUI_REQ", value: "DDI_GUI" },
      { name: "DEVICE_MODEL", value: "デッキ" },
      { name: "USER_PREF_NAME", value: { octets: "0005ff" } },
      { name: "0000ffff", value: { octets: "01" } },
    ];
    const table = told({
      ...rmi,
      api: "Registry",
      operation: "RetrieveAttributes",
      status: success,
      fields: { attributes },
    });
    expect(table["fields"]).toEqual({ attributes });
  });

  it("asks the registry with queries inside queries, to a depth that no stack feels", () => {
    const simple = { type: "SIMPLE", attribute: "GUI_REQ", value: "DDI_GUI", operation: "SEQU" };
    const complex = { type: "COMPLEX", query1: simple, query2: { ...simple, operation: "NEQU" }, operation: "AND" };
    const query = { type: "COMPLEX", query1: complex, query2: simple, operation: "OR" };
    expect(told({ ...rmi, api: "Registry", operation: "GetElement", fields: { query } })["fields"]).toEqual({ query });
    const endless = encodeRmi({ api: 3, operation: 3, transaction: 1, payload: fromHex("00000001".repeat(5000)) });
    expect(explainHavi(message(endless))).not.toHaveProperty("fields");
    let deep: JsonObject = simple;
    for (let depth = 0; depth < 40; depth++) deep = { type: "COMPLEX", query1: deep, query2: simple, operation: "OR" };
    const named = { ...rmi, api: "Registry", operation: "GetElement", fields: { query: deep } };
    expect(thrownBy(() => composeRmi(named))).toMatchObject({ code: "value-invalid" });
  });

  it("tells of devices that come and go, under whatever id the listener chose", () => {
    const poster = "08004601020304050001";
    const event = (base: string, info: JsonObject) => ({ poster, eventId: { schema: "SYSTEM", base }, info });
    for (const fields of [
      event("NEW_DEVICES", { guids: ["0800460102030405"] }),
      event("GONE_DEVICES", { guids: ["0800460102030405", "0011223344556677"] }),
      event("GONE_SOFTWARE_ELEMENT", { seid: device }),
      event("POWER_STATE_CHANGED", { powerState: true }),
      event("NETWORK_RESET", { octets: "" }),
      { poster, eventId: { schema: "VENDOR", base: "0001", vendorId: "080046" }, info: { octets: "01" } },
      { poster, eventId: { schema: "APP", base: "0001", seid: device }, info: { octets: "" } },
    ]) {
      expect(told({ ...rmi, api: "EventManager", operation: 0xff, fields })).toMatchObject({
        operation: "EventManagerNotification",
        fields,
      });
    }
  });

  it("asks a DCM and an FCM who they are", () => {
    const targetId = { type: "FCM_61883", guid: "0800460102030405", n1: 1, n2: 2 };
    const huid = { targetId, interfaceId: 0, vendorId: "080046", nlUniqueness: true, n2Assigner: "AVC" };
    for (const api of ["Dcm", "Fcm"]) {
      const answer = told({ ...rmi, api, operation: "GetHuid", status: { api: 4, error: 0 }, fields: { huid } });
      expect(answer["fields"]).toEqual({ huid });
    }
    expect(
      told({ ...rmi, api: "Fcm", operation: "GetFcmType", status: success, fields: { type: "VCR_FCM" } }),
    ).toMatchObject({
      fields: { type: "VCR_FCM" },
    });
  });

  it("that failed says why, by words where there are some", () => {
    const failed = (api: number, error: number) =>
      explainHavi(
        message(
          encodeRmi({ api: 10, operation: 2, transaction: 1, status: { api, error }, payload: new Uint8Array(0) }),
        ),
      )["status"];
    expect(failed(10, 0x82)).toEqual({ api: "DdiTarget", error: "NO_PANEL" });
    expect(failed(10, 4)).toEqual({ api: "DdiTarget", error: "NOT_IMPLEMENTED" });
    expect(failed(0x1234, 0x99)).toEqual({ api: "1234", error: "0099" });
    expect(failed(3, 0x7f)).toEqual({ api: "Registry", error: "007f" });
  });

  it("of an API, an operation or fields that nobody knows is told in hexadecimal", () => {
    const raw = (api: number, operation: number) =>
      explainHavi(message(encodeRmi({ api, operation, transaction: 1, payload: fromHex("01") })));
    expect(raw(0x1234, 1)).toMatchObject({ api: "1234", operation: "01", payload: "01" });
    expect(raw(0x000d, 1)).toMatchObject({ api: "Tuner", operation: "01" });
    expect(raw(7, 0)).toMatchObject({ api: "DcmManager", operation: "Install" });
    for (const one of [raw(0x1234, 1), raw(7, 0), raw(4, 1)]) expect(one).not.toHaveProperty("fields");
  });

  it.each<[string, string | number, JsonObject]>([
    ["NoSuchApi", "GetHuid", {}],
    ["NoSuchApi", 1, {}],
    ["Dcm", "NoSuchOperation", {}],
    ["DcmManager", "Install", {}],
    ["Tuner", "Install", {}],
    ["Tuner", 1, {}],
    ["Dcm", "GetHuid", { more: 1 }],
    ["EventManager", "PostEvent", { eventId: "NEW_DEVICES", global: true, info: {} }],
  ])("of %s %s %j cannot be composed", (api, operation, fields) => {
    expect(thrownBy(() => composeRmi({ api, operation, transaction: 1, fields }))).toMatchObject({
      code: "value-invalid",
    });
  });
});
