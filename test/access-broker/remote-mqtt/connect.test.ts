import { describe, expect, it } from "vitest";
import { judgeConnect, ownConnect } from "../../../access-broker/remote-mqtt/connect.ts";

const [number, host] = ["090-1234-5678", "genkan.localhost"];
const packet: Parameters<typeof judgeConnect>[0] = {
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "c",
  clean: true,
  keepalive: 60,
  username: `${number}/hanako/at home`,
  password: Buffer.from("secret"),
};

describe("A CONNECT from outside", () => {
  it.each([`${number}.${host}`, host, "", "127.0.0.1", "::1"])("is taken under the name %j", (name) => {
    const greeting = { number, user: "hanako/at home", password: "secret", clientId: "c", keepalive: 60 };
    expect(judgeConnect(packet, name, host)).toEqual(greeting);
  });
  it.each([`090-8765-4321.${host}`, "example.org", `x${number}.${host}`])("is refused under the name %j", (name) => {
    expect(judgeConnect(packet, name, host)).toMatchObject({ returnCode: 4 });
  });
  it.each([
    [1, { protocolVersion: 3 }],
    [1, { protocolId: "MQIsdp" }],
    [2, { clientId: "", clean: false }],
    [2, { clientId: "a\ufffd" }],
    [2, { clientId: "a\0" }],
    [2, { clientId: "c".repeat(129) }],
    [4, { username: number }],
    [4, { username: "" }],
    [4, { username: `${number}/` }],
    [4, { username: "link/hanako" }],
    [4, { username: `${number}/han\ufffd` }],
    [4, { username: `${number}/${"x".repeat(65)}` }],
    [5, { will: { topic: `homes/${number}/devices/a/set`, payload: Buffer.from("{}"), qos: 0, retain: false } }],
  ])("is refused with %i for %j", (returnCode, more) => {
    expect(judgeConnect({ ...packet, ...more } as typeof packet, "", host)).toMatchObject({ returnCode });
  });
  it("goes on to the engine without its secret", () => {
    expect(ownConnect("id", 60).includes("secret")).toBe(false);
  });
});
