import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { parseCommandMessage, refusedId, unreadRequest } from "../../gateway-core/local-broker/command-message.ts";

const power = "home/devices/lamp-1/properties/power/set";
const set = "home/devices/lamp-1/set";
const blink = "home/devices/lamp-1/actions/blink";
const parse = (topic: string, text: string) => parseCommandMessage(topic, Buffer.from(text), "fresh");

describe("a command message", () => {
  it.each([
    [power, "true", { kind: "property", name: "power", value: true }],
    [power, ' {"a":1} ', { kind: "property", name: "power", value: { a: 1 } }],
    [set, '{"power":true,"brightness":5}', { kind: "set", value: { power: true, brightness: 5 } }],
    [blink, "", { kind: "action", name: "blink", value: null }],
    [blink, "5", { kind: "action", name: "blink", value: 5 }],
  ])("on %s with %j is read", (topic, text, request) => {
    expect(parse(topic, text)).toEqual({ id: "fresh", device: "lamp-1", request });
  });

  it("may be wrapped with an id and a time of expiry", () => {
    expect(parse(power, '{"$id":"x-1","$expires":"2030-01-01T09:00:00+09:00","value":true}')).toEqual({
      id: "x-1",
      device: "lamp-1",
      request: { kind: "property", name: "power", value: true },
      expires: Date.UTC(2030, 0, 1),
    });
    expect(parse(set, '{"$id":"x-1","value":{"power":true}}')).toMatchObject({ request: { value: { power: true } } });
    expect(parse(blink, '{"$id":"x-1"}')).toMatchObject({ id: "x-1", request: { value: null } });
  });

  it.each([
    [power, ""],
    [power, "on"],
    [power, "{"],
    [power, '{"$id":1,"value":true}'],
    [power, '{"$id":"","value":true}'],
    [power, '{"$id":"a b","value":true}'],
    [power, '{"$id":"x"}'],
    [power, '{"$id":"x","valeu":true}'],
    [power, '{"$expires":"tomorrow","value":true}'],
    [power, '{"$expires":"2030-13-01T00:00:00Z","value":true}'],
    [power, '{"$expires":"2030-01-32T00:00:00Z","value":true}'],
    [power, '{"$expires":"2030-01-01T24:00:00Z","value":true}'],
    [power, '{"$expires":"2030-01-01T00:00:00+24:00","value":true}'],
    [power, `"${"x".repeat(20_000)}"`],
    [power, "[".repeat(5_000) + "]".repeat(5_000)],
    [set, "true"],
    [set, "[1]"],
    ["home/devices/lamp-1/other", "true"],
  ])("on %s is command-invalid (%#)", (topic, text) => {
    expect(() => parse(topic, text)).toThrow(expect.objectContaining({ code: "command-invalid" }));
  });

  it("with a month that is none is command-invalid, though another package of the process takes it for one", () => {
    const lenient = vi.spyOn(Date, "parse").mockReturnValue(1);
    expect(() => parse(power, '{"$expires":"2030-13-01T00:00:00Z","value":true}')).toThrow(
      expect.objectContaining({ code: "command-invalid" }),
    );
    lenient.mockRestore();
  });

  it("in another encoding than UTF-8 is command-invalid", () => {
    expect(() => parseCommandMessage(power, Uint8Array.of(0x22, 0xff, 0x22), "fresh")).toThrow(
      expect.objectContaining({ code: "command-invalid" }),
    );
  });

  it("of any octets is read or command-invalid, and can be answered", () => {
    const octets = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from));
    fc.assert(
      fc.property(fc.constantFrom(power, set, blink), octets, (topic, payload) => {
        try {
          parseCommandMessage(topic, payload, "fresh");
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "command-invalid" });
          expect(unreadRequest(topic, payload)).toMatchObject({ device: "lamp-1" });
        }
      }),
    );
  });
});

describe("the $id of a message that is refused", () => {
  const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("is repeated when it can be read, whatever else is wrong", () => {
    expect(refusedId(octets('{"$id":"a","$expires":"garbage","value":true}'))).toBe("a");
    expect(refusedId(octets('{"$id":"a"}'))).toBe("a");
    expect(refusedId(octets('{"$id":"a","value":1,"other":2}'))).toBe("a");
  });

  it("is none when there is none that could be repeated", () => {
    for (const text of ["{", "7", "{}", '{"$id":7}', '{"$id":""}', '{"$id":"with space"}']) {
      expect(refusedId(octets(text)), text).toBeUndefined();
    }
  });
});
