import { describe, expect, it } from "vitest";
import { isNameOf, judgeConnect, ownConnect } from "../../../access-broker/remote-mqtt/connect.ts";
import type { MqttConnect } from "../../../gateway-core/bytes/mqtt-connect.ts";

const [number, host] = ["090-1234-5678", "genkan.localhost"];
const packet: MqttConnect = {
  clientId: "c",
  isClean: true,
  hasWill: false,
  keepalive: 60,
  username: `${number}/hanako/at home`,
  password: Buffer.from("secret"),
};

describe("A CONNECT from outside", () => {
  it("tells who it is from, or nothing of that", () => {
    const who = { number, user: "hanako/at home", password: "secret" };
    expect(judgeConnect(packet)).toEqual({ who, clientId: "c", keepalive: 60 });
    const { username: _, password: __, ...nobody } = packet;
    expect(judgeConnect(nobody)).toEqual({ who: undefined, clientId: "c", keepalive: 60 });
  });
  it.each([
    [2, { clientId: "", isClean: false }],
    [2, { clientId: "a\ufffd" }],
    [2, { clientId: "a\0" }],
    [2, { clientId: "c".repeat(129) }],
    [4, { username: number }],
    [4, { username: "" }],
    [4, { username: `${number}/` }],
    [4, { username: "link/hanako" }],
    [4, { username: `${number}/han\ufffd` }],
    [4, { username: `${number}/${"x".repeat(65)}` }],
    [5, { hasWill: true }],
  ])("is refused with %i for %j", (returnCode, more) => {
    expect(judgeConnect({ ...packet, ...more })).toMatchObject({ returnCode });
  });
  it("is refused with 1 where it is not of MQTT 3.1.1", () => {
    expect(judgeConnect(undefined)).toMatchObject({ returnCode: 1 });
  });
  it("goes on to the engine without its secret", () => {
    expect(ownConnect("id", 60).includes("secret")).toBe(false);
  });
});

describe("The name of a TLS connection", () => {
  it.each([`${number}.${host}`, host, "", "127.0.0.1", "::1"])("leads to the home as %j", (name) => {
    expect(isNameOf(number, name, host)).toBe(true);
  });
  it.each([`090-8765-4321.${host}`, "example.org", `x${number}.${host}`])("leads elsewhere as %j", (name) => {
    expect(isNameOf(number, name, host)).toBe(false);
  });
});
