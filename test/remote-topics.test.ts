import { describe, expect, it } from "vitest";
import type { Grant } from "../gateway-core/contract/grant.ts";
import { createRemoteTopics } from "../gateway-core/remote-topics.ts";
import { FakeControl } from "./fakes/fake-control.ts";
import { fakeHost } from "./fakes/fake-host.ts";

function open() {
  const host = fakeHost();
  const control = new FakeControl();
  const told: string[] = [];
  const topics = createRemoteTopics({
    host,
    control,
    describe: () => ({}),
    publish: (topic, payload, isRetained) => told.push(`${topic}=${payload}${isRetained ? "" : " passing"}`),
  });
  return { topics, control, told, host };
}

describe("The topics of a home for remote MQTT", () => {
  it("say that the home is offline until news come, and when none come any more", () => {
    const { topics, told } = open();
    topics.receive({ type: "snapshot", devices: [] });
    topics.unwire();
    expect(told).toEqual(["home/status=offline", "home/status=online", "home/status=offline"]);
  });

  it("take a command with the id and the end that it was given, or its own where that is narrower", () => {
    const { topics, control } = open();
    const topic = "home/devices/lamp/properties/power/set";
    topics.execute({ id: "given", topic, payload: "true", expires: 2_000 });
    const own = (expires: string): string => JSON.stringify({ $id: "own", $expires: expires, value: false });
    topics.execute({ id: "given2", topic, payload: own("1970-01-01T00:00:01Z"), expires: 2_000 });
    topics.execute({ id: "given3", topic, payload: own("1970-01-01T01:00:00Z"), expires: 2_000 });
    expect(control.asked.map(({ id, expires }) => [id, expires])).toEqual([
      ["given", 2_000],
      ["own", 1_000],
      ["own", 2_000],
    ]);
  });

  it("let a command through that its sender was granted, and refuse all others before the control", async () => {
    const { topics, control, told, host } = open();
    const until = new Date(host.clock.now() + 1).toISOString();
    const grant: Grant = {
      devices: { lamp: { access: "control", properties: ["power"] }, tank: { access: "view" } },
      window: { until },
    };
    const send = (topic: string, payload = "true") => {
      told.length = 0;
      topics.execute({ id: "c", topic: `home/devices/${topic}`, payload, expires: 9e12, grant });
      return told.map((line) => [line.split("=")[0], /"code":"([^"]*)"/.exec(line)?.[1]]);
    };
    expect(send("lamp/properties/power/set")).toEqual([]);
    expect(control.asked.splice(0)).toHaveLength(1);
    expect(send("lamp/properties/brightness/set")).toEqual([["home/devices/lamp/result", "unknown-property"]]);
    expect(send("lamp/set", '{"power":true,"brightness":1}')).toEqual([
      ["home/devices/lamp/result", "unknown-property"],
    ]);
    expect(send("tank/properties/power/set")).toEqual([["home/devices/tank/result", "not-granted"]]);
    expect(send("door/actions/open")).toEqual([]);
    await host.clock.advance(1);
    expect(send("lamp/properties/power/set")).toEqual([["home/devices/lamp/result", "not-granted"]]);
    expect(control.asked).toEqual([]);
    expect(host.log.events("warn")).toEqual(Array(5).fill("remote-command-refused"));
  });

  it("answer a command that cannot be read", () => {
    const { topics, told } = open();
    topics.execute({ id: "c", topic: "home/devices/lamp/set", payload: "{no json", expires: 1 });
    expect(told.at(-1)).toContain("command-invalid");
    expect(told.at(-1)).toMatch(/^home\/devices\/lamp\/result=.* passing$/);
  });
});
