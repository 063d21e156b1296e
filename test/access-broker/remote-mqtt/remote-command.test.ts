import { describe, expect, it } from "vitest";
import { awayResult, commandOf } from "../../../access-broker/remote-mqtt/remote-command.ts";

const topic = "home/devices/lamp/properties/power/set";
const octets = (text: string): Buffer => Buffer.from(text);

describe("A remote command", () => {
  it("goes to the home as it came, with an id and an end", () => {
    expect(commandOf("c1", topic, octets("true"), 1_000)).toEqual({
      id: "c1",
      topic,
      payload: "true",
      expires: 61_000,
    });
  });
  it("does not go when it is no text, or too long", () => {
    expect(commandOf("c1", topic, Uint8Array.of(0xff), 0)).toBeUndefined();
    expect(commandOf("c1", topic, octets("x".repeat(8_193)), 0)).toBeUndefined();
  });
  it("that cannot go is answered as the home would", () => {
    const told = awayResult("c1", topic, octets('{"$id":"mine","value":true}'), true);
    expect(told?.topic).toBe("home/devices/lamp/result");
    expect(JSON.parse(told?.payload ?? "")).toMatchObject({
      $id: "mine",
      request: { kind: "property", name: "power", value: true },
      ok: false,
      error: { code: "home-away" },
    });
    const unread = awayResult("c1", "home/devices/lamp/set", Uint8Array.of(0xff), false);
    expect(JSON.parse(unread?.payload ?? "")).toMatchObject({
      $id: "c1",
      request: { kind: "set", value: null },
      error: { code: "command-invalid" },
    });
    expect(awayResult("c1", topic, octets("1"), true)?.payload).toContain('"value":1');
    expect(awayResult("c1", topic, octets('{"$id":"mine"}'), true)?.payload).toContain('"value":null');
    expect(awayResult("c1", "home/status", octets("1"), true)).toBeUndefined();
  });
});
