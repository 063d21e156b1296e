import { describe, expect, it } from "vitest";
import { createMirror } from "../../../access-broker/remote-mqtt/mirror.ts";

function open() {
  const told: [string, string][] = [];
  const refused: string[] = [];
  const mirror = createMirror(
    {
      publish: (topic, payload) => told.push([topic, payload]),
      tell: (topic) => told.push([topic, mirror.retained.get(topic) ?? ""]),
    },
    (reason) => refused.push(reason),
  );
  const tell = (topic: string, payload: string, isRetained = true): void =>
    mirror.hear({ topic: "up/home", body: { topic, payload, isRetained } });
  const end = (one: "first" | "last"): void => mirror.hear({ topic: "up/snapshot", body: { end: one } });
  return { mirror, retained: mirror.retained, told, refused, tell, end };
}

describe("The mirror of a home", () => {
  it("holds what the home told last, and passes on what is not kept", () => {
    const { retained, told, tell } = open();
    tell("home/status", "online");
    tell("home/status", "offline");
    tell("home/devices/a/events/rang", "1", false);
    expect([...retained]).toEqual([["home/status", "offline"]]);
    expect(told.at(-1)).toEqual(["home/devices/a/events/rang", "1"]);
  });

  it("forgets after a snapshot what the snapshot did not name", () => {
    const { retained, told, tell, end } = open();
    end("last");
    tell("home/devices/a/state", "{}");
    tell("home/devices/b/state", "{}");
    end("first");
    tell("home/devices/b/state", "{}");
    expect(retained.size).toBe(2);
    end("last");
    expect([...retained.keys()]).toEqual(["home/devices/b/state"]);
    expect(told.at(-1)).toEqual(["home/devices/a/state", ""]);
  });

  it("says that a home is away, and keeps the rest", () => {
    const { mirror, retained, tell } = open();
    tell("home/status", "online");
    tell("home/devices/a/state", "{}");
    mirror.setAway();
    expect(retained.get("home/status")).toBe("offline");
    expect(retained.get("home/devices/a/state")).toBe("{}");
  });

  it("believes a gateway only so many topics and octets (A10)", () => {
    const many = open();
    for (let at = 0; at < 25_001; at++) many.tell(`home/devices/d${at}/state`, "1");
    expect([many.retained.size, many.refused.length]).toEqual([25_000, 1]);
    many.tell("home/devices/d0/state", "");
    many.tell("home/devices/new/state", "1");
    expect(many.refused.length).toBe(1);

    const large = open();
    for (let at = 0; at < 101; at++) large.tell(`home/devices/d${at}/description`, "x".repeat(252_000));
    expect(large.retained.size).toBe(99);
  });
});
