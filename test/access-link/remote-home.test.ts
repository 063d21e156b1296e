import { describe, expect, it } from "vitest";
import { createRemoteHome } from "../../gateway-core/access-link/remote-home.ts";
import type { RemoteCommand, RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { FakeLog } from "../fakes/fake-host.ts";

function open() {
  const log = new FakeLog();
  const commands: RemoteCommand[] = [];
  const remote = createRemoteHome(log, (command) => commands.push(command));
  const told: RemoteUp[] = [];
  const confirmations: ((isHeard: boolean) => void)[] = [];
  const tell = (message: RemoteUp, heard?: (isHeard: boolean) => void): void => {
    told.push(message);
    if (heard !== undefined) confirmations.push(heard);
  };
  const want = (isWanted: boolean): void => remote.hear({ topic: "down/remote", body: { isWanted } });
  const topics = (): string[] =>
    told.splice(0).map(({ topic, body }) => (topic === "up/home" ? `${body.topic}=${body.payload}` : body.end));
  const confirmAll = (): void => {
    for (let one = confirmations.shift(); one !== undefined; one = confirmations.shift()) one(true);
  };
  return { log, remote, commands, tell, want, topics, confirmAll };
}

describe("A home that is told to remote MQTT", () => {
  it("costs nothing while nobody wants it", () => {
    const { remote, tell, want, topics } = open();
    remote.publish("home/status", "online", true);
    remote.setLine(tell);
    remote.publish("home/devices/a/state", "{}", true);
    want(true);
    want(false);
    topics();
    remote.publish("home/devices/a/state", '{"a":1}', true);
    expect(topics()).toEqual([]);
  });

  it("is told whole when it is wanted, between two ends, and after each connection anew", () => {
    const { remote, tell, want, topics } = open();
    remote.publish("home/status", "online", true);
    remote.publish("home/devices/a/state", "{}", true);
    remote.publish("home/devices/a/state", "", true);
    for (let connection = 0; connection < 2; connection++) {
      remote.setLine(tell);
      expect(topics()).toEqual([]);
      want(true);
      expect(topics()).toEqual(["first", "home/status=online", "last"]);
      remote.setLine(undefined);
    }
  });

  it("has so many messages under way; of a topic that waits the newest alone goes", () => {
    const { remote, tell, want, topics, confirmAll } = open();
    remote.setLine(tell);
    want(true);
    for (let at = 0; at < 40; at++) remote.publish(`home/devices/d${at}/state`, "1", true);
    expect(topics().length).toBe(32);
    remote.publish("home/devices/d39/state", "2", true);
    remote.publish("home/devices/d39/state", "3", true);
    for (let at = 0; at < 200; at++) remote.publish("home/devices/d0/events/rang", String(at), false);
    confirmAll();
    const later = topics();
    expect(later.filter((one) => one.startsWith("home/devices/d39"))).toEqual(["home/devices/d39/state=3"]);
    expect(later.filter((one) => one.includes("rang")).length).toBe(100);
  });

  it("forgets what was under way on a connection that ended", () => {
    const { remote, tell, want, topics, confirmAll } = open();
    remote.setLine(tell);
    want(true);
    for (let at = 0; at < 40; at++) remote.publish(`home/devices/d${at}/state`, "1", true);
    remote.setLine(undefined);
    remote.setLine(tell);
    topics();
    confirmAll();
    expect(topics()).toEqual([]);
    want(true);
    expect(topics().length).toBe(32);
  });

  it("keeps to itself what fits into no packet, and says so once", () => {
    const { log, remote, tell, want, topics } = open();
    remote.setLine(tell);
    want(true);
    topics();
    for (const payload of ["x".repeat(50_000), "語".repeat(21_000)])
      remote.publish("home/devices/a/state", payload, true);
    expect(topics()).toEqual([]);
    expect(log.lines.filter(({ event }) => event === "remote-topic-too-long").length).toBe(1);
  });

  it("tells descriptions of 256 kB and a list of devices as long, and none that is longer or not retained", () => {
    const { log, remote, tell, want, topics } = open();
    remote.setLine(tell);
    want(true);
    topics();
    const long = JSON.stringify({ title: "x".repeat(200_000) });
    const description = (id: string): string => `home/devices/${id}/description`;
    remote.publish(description("meter"), long, true);
    remote.publish("home/devices", long, true);
    expect(topics()).toEqual([`${description("meter")}=${long}`, `home/devices=${long}`]);
    for (const payload of ["x".repeat(263_000), "語".repeat(110_000)])
      remote.publish(description("meter"), payload, true);
    remote.publish(description("event"), long, false);
    remote.publish("home/devices/meter/state", long, true);
    expect(topics()).toEqual([]);
    expect(log.lines.filter(({ event }) => event === "remote-topic-too-long").length).toBe(3);
  });

  it("hands commands on", () => {
    const { remote, commands } = open();
    const body = { id: "c", topic: "home/devices/a/set", payload: "{}", expires: 1 };
    remote.hear({ topic: "down/command", body });
    expect(commands).toEqual([body]);
  });
});
