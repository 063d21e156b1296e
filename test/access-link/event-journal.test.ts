import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEventJournal } from "../../gateway-core/access-link/event-journal.ts";
import { createRemoteHome } from "../../gateway-core/access-link/remote-home.ts";
import type { RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemHost } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const rang = "home/devices/bell/events/rang";

function open(host = fakeHost()) {
  const journal = openEventJournal(host);
  const remote = createRemoteHome(host.log, () => undefined, journal);
  const told: RemoteUp[] = [];
  const answers: ((isHeard: boolean) => void)[] = [];
  const line = (): void =>
    remote.setLine((message, heard) => {
      told.push(message);
      answers.push(heard ?? (() => undefined));
    });
  const want = (isWanted: boolean): void => remote.hear({ topic: "down/remote", body: { isWanted } });
  const words = (): string[] =>
    told.splice(0).map(({ topic, body }) => (topic === "up/home" ? body.payload : body.end));
  const answer = (isHeard: boolean): void => {
    for (let one = answers.shift(); one !== undefined; one = answers.shift()) one(isHeard);
  };
  return { host, journal, remote, line, want, words, answer };
}

describe("An event that happens while the link is away", () => {
  it("is told after the next snapshot, in its order, until the broker has it", () => {
    const { remote, line, want, words, answer, journal } = open();
    line();
    want(true);
    answer(true);
    words();
    remote.setLine(undefined);
    for (const at of ["1", "2"]) remote.publish(rang, at, false);
    // Never confirmed: it is told once more.
    for (let connection = 0; connection < 2; connection++) {
      line();
      expect(words()).toEqual([]);
      want(true);
      expect(words()).toEqual(["first", "last", "1", "2"]);
      answer(false);
      remote.setLine(undefined);
    }
    line();
    want(true);
    answer(true);
    expect(journal.list()).toEqual([]);
    remote.setLine(undefined);
    line();
    words();
    want(true);
    expect(words()).toEqual(["first", "last"]);
  });

  it("is kept over a restart of the gateway", () => {
    const first = open();
    first.line();
    first.want(true);
    first.remote.setLine(undefined);
    first.remote.publish(rang, "1", false);
    const second = open(first.host);
    second.remote.publish(rang, "2", false);
    second.line();
    second.want(true);
    expect(second.words()).toEqual(["first", "last", "1", "2"]);
  });

  it("is kept for nobody who was not there, and for nobody who has left", () => {
    const { remote, line, want, journal, host } = open();
    remote.publish(rang, "1", false);
    line();
    want(true);
    want(false);
    remote.publish(rang, "2", false);
    remote.setLine(undefined);
    remote.publish(rang, "3", false);
    expect(journal.list()).toEqual([]);
    expect(openEventJournal(host).isWanted).toBe(false);
  });

  it("is one of 200, of 64 kB in all, of one day: older ones give way, and that is told", async () => {
    const { remote, line, want, journal, host } = open();
    line();
    want(true);
    remote.setLine(undefined);
    for (let at = 0; at < 205; at++) remote.publish(rang, String(at), false);
    expect([journal.list().length, journal.list()[0]?.payload]).toEqual([200, "5"]);
    remote.publish(rang, JSON.stringify("x".repeat(40_000)), false);
    remote.publish(rang, JSON.stringify("y".repeat(40_000)), false);
    expect(journal.list()).toHaveLength(1);
    expect(host.log.events()).toContain("events-not-kept");
    await host.clock.advance(24 * 60 * 60_000);
    expect(journal.list()).toEqual([]);
  });

  it("is the only thing that is kept: states are told anew by the snapshot, results are not told late", () => {
    const { remote, line, want, words, journal } = open();
    line();
    want(true);
    remote.setLine(undefined);
    words();
    remote.publish("home/devices/a/result", "{}", false);
    for (const value of ["1", "2", "3"]) remote.publish("home/devices/a/properties/x", value, true);
    expect(journal.list()).toEqual([]);
    line();
    want(true);
    expect(words()).toEqual(["first", "3", "last"]);
  });

  it("survives that the process is killed right after", async () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-journal-"));
    try {
      const root = packageRoot();
      const program = `
        import { openEventJournal } from ${JSON.stringify(join(root, "gateway-core/access-link/event-journal.ts"))};
        import { systemHost } from ${JSON.stringify(join(root, "host/system-host.ts"))};
        const journal = openEventJournal(systemHost(${JSON.stringify(folder)}));
        journal.setWanted(true);
        for (const payload of ["1", "2", "3"]) journal.add(${JSON.stringify(rang)}, payload);
        process.kill(process.pid, "SIGKILL");`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
      const [, signal] = await once(child, "exit");
      expect(signal).toBe("SIGKILL");
      const journal = openEventJournal(systemHost(folder));
      expect([journal.isWanted, journal.list().map(({ payload }) => payload)]).toEqual([true, ["1", "2", "3"]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is as if nothing was kept when that cannot be read", () => {
    const host = fakeHost();
    host.memory.write("remote-events", { isWanted: true, events: [{ id: 1 }, "x", null] });
    expect(openEventJournal(host).list()).toEqual([]);
    host.memory.write("remote-events", "x");
    expect(openEventJournal(host).isWanted).toBe(false);
  });
});
