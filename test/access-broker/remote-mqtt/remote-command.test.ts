import { describe, expect, it } from "vitest";
import { commandOf, resultOf } from "../../../access-broker/remote-mqtt/remote-command.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { type Grant, wholeGrant } from "../../../gateway-core/contract/grant.ts";

const topic = "home/devices/lamp/properties/power/set";
const octets = (text: string): Buffer => Buffer.from(text);
const away = new HomeError("home-away", "away");

describe("A remote command", () => {
  it("goes to the home as it came, with an id, an end, and what its sender may do to that device", () => {
    const lamp = { access: "control", streams: true };
    const told = { id: "c1", topic, payload: "true", expires: 61_000, grant: { devices: { lamp } } };
    expect(commandOf("c1", topic, octets("true"), 1_000, wholeGrant)).toEqual(told);
  });
  it.each([
    ["no text", Uint8Array.of(0xff)],
    ["overlong in its UTF-8", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ["too long", octets("x".repeat(8_193))],
  ])("does not go when it is %s", (_, payload) => {
    expect(() => commandOf("c1", topic, payload, 0, wholeGrant)).toThrow(
      expect.objectContaining({ code: "command-invalid" }),
    );
  });
  it("that cannot go is answered as the home would", () => {
    const told = resultOf(away, "c1", topic, octets('{"$id":"mine","value":true}'));
    expect(told?.topic).toBe("home/devices/lamp/result");
    expect(JSON.parse(told?.payload ?? "")).toMatchObject({
      $id: "mine",
      request: { kind: "property", name: "power", value: true },
      ok: false,
      error: { code: "home-away" },
    });
    const unread = resultOf(away, "c1", "home/devices/lamp/set", Uint8Array.of(0xff));
    expect(JSON.parse(unread?.payload ?? "")).toMatchObject({ $id: "c1", request: { kind: "set", value: null } });
    expect(resultOf(away, "c1", topic, octets("1"))?.payload).toContain('"value":1');
    expect(resultOf(away, "c1", topic, octets('{"$id":"mine"}'))?.payload).toContain('"value":null');
    expect(resultOf(away, "c1", "home/status", octets("1"))).toBeUndefined();
  });
});

describe("A command beyond its sender's grant", () => {
  const grant: Grant = {
    devices: {
      lamp: { access: "control", properties: ["power"], actions: ["blink"] },
      meter: { access: "view" },
    },
  };
  const judge = (rest: string, payload = "1"): string => {
    try {
      commandOf("c1", `home/devices/${rest}`, octets(payload), 0, grant);
      return "goes";
    } catch (thrown) {
      return thrown instanceof HomeError ? thrown.code : String(thrown);
    }
  };
  it.each([
    ["lamp/properties/power/set", "1", "goes"],
    ["lamp/properties/colour/set", "1", "unknown-property"],
    ["lamp/set", '{"power":true}', "goes"],
    ["lamp/set", '{"power":true,"colour":1}', "unknown-property"],
    ["lamp/set", '{"$id":"a","value":{"colour":1}}', "unknown-property"],
    ["lamp/set", '{"$expires":"2030-01-01T00:00:00Z","value":{"power":true}}', "goes"],
    ["lamp/set", '{"$expires":"2030-01-01T00:00:00Z","value":{"colour":true}}', "unknown-property"],
    ["lamp/set", "no JSON", "goes"],
    ["lamp/actions/blink", "", "goes"],
    ["lamp/actions/explode", "", "not-granted"],
    ["meter/properties/power/set", "1", "not-granted"],
    ["meter/set", "{}", "not-granted"],
    ["door/properties/isOpen/set", "1", "unknown-device"],
    ["door/set", "{}", "unknown-device"],
    ["door/actions/open", "", "unknown-device"],
  ])("%s %s: %s", (rest, payload, expected) => {
    expect(judge(rest, payload)).toBe(expected);
  });
});
