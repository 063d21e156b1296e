import { describe, expect, it } from "vitest";
import { parseArguments } from "../../command/arguments.ts";
import { movedPorts, portOf } from "../../command/moved-ports.ts";

const args = parseArguments(["start", "--state", "/nonexistent", "--lang", "en"], {});
const doors = {
  lan: "http://127.0.0.1:8080/",
  mqtt: "mqtt://127.0.0.1:1883",
  users: "https://127.0.0.1:8443",
  gateways: "tls://127.0.0.1:8444",
  proxy: "https://127.0.0.1:8445",
  remoteMqtt: "mqtts://127.0.0.1:8883",
};

describe("A door that moved", () => {
  it("is told with the port that it should have had", () => {
    expect(movedPorts(args, { ...doors, lan: "http://127.0.0.1:8081/" })).toEqual([
      "Control page at home: port 8081, as 8080 was taken.",
    ]);
    expect(movedPorts(args, { ...doors, remoteMqtt: "mqtts://127.0.0.1:8884" })).toEqual([
      "Access broker, MQTT: port 8884, as 8883 was taken.",
    ]);
  });
  it("is not told when it did not move, has no address, or may be anywhere", () => {
    expect(movedPorts(args, doors)).toEqual([]);
    expect(movedPorts(args, { ...doors, mqtt: null, users: undefined })).toEqual([]);
    const anywhere = parseArguments(["start", "--state", "/nonexistent", "--set", "page.port=0"], {});
    expect(movedPorts(anywhere, { ...doors, lan: "http://127.0.0.1:40000/" })).toEqual([]);
  });
  it("has the port of its scheme where the address names none", () => {
    expect([portOf("https://x/"), portOf("mqtt://127.0.0.1:1883"), portOf(null)]).toEqual([443, 1883, undefined]);
  });
});
