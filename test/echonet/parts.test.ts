import { describe, expect, it } from "vitest";
import { createMailbox } from "../../gateway-core/contract/mailbox.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { parseEchonetSettings } from "../../gateway-core/echonet/echonet-settings.ts";
import { NodeQueue } from "../../gateway-core/echonet/node-queue.ts";
import { ownIdentification } from "../../gateway-core/echonet/own-identification.ts";
import { PollPlan } from "../../gateway-core/echonet/poll-plan.ts";
import { RoundTrip } from "../../gateway-core/echonet/round-trip.ts";
import { createWarnOnce } from "../../gateway-core/echonet/warn-once.ts";
import { FakeLan } from "../fakes/fake-echonet-node.ts";
import { FakeLog, fakeHost, settle } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";

describe("the settings", () => {
  it("have defaults", () => {
    expect(parseEchonetSettings({})).toEqual({
      interfaces: ["auto"],
      families: ["ipv4", "ipv6"],
      availabilityMs: 30_000,
      pollMs: 30_000,
      rediscoverMs: 300_000,
    });
  });

  it.each([
    [{ interface: ["eth0"] }],
    [{ interfaces: "eth0" }],
    [{ interfaces: [] }],
    [{ interfaces: [7] }],
    [{ families: [] }],
    [{ families: ["ipv5"] }],
    [{ availabilityMs: 999 }],
    [{ pollMs: "1000" }],
    [{ rediscoverMs: null }],
  ])("%j is invalid", (settings) => {
    expect(() => parseEchonetSettings(settings)).toThrow(expect.objectContaining({ code: "settings-invalid" }));
  });
});

describe("opening", () => {
  it("that is aborted leaves nothing open", async () => {
    const host = fakeHost();
    const lan = new FakeLan(host.clock);
    const adapter = createEchonetAdapter(lan.openTransport);
    await expect(adapter.open({}, host, AbortSignal.abort("no"))).rejects.toBe("no");
    const leave = new AbortController();
    const opening = adapter.open({}, host, leave.signal);
    leave.abort("changed my mind");
    await expect(opening).rejects.toBe("changed my mind");
    expect(lan.isOpen).toBe(false);
  });

  it("remembers the identification number of the own node, and makes a new one for what cannot be one", () => {
    const host = fakeHost();
    const first = ownIdentification(host);
    expect([...first.subarray(0, 4), first.length]).toEqual([0xfe, 0xff, 0xff, 0xff, 17]);
    expect(ownIdentification(host)).toEqual(first);
    host.memory.write("echonet-own-identification", "00");
    expect(ownIdentification(host)).toHaveLength(17);
  });
});

describe("the time given to an answer", () => {
  it("is a second at first, then what this node needs, doubled with each attempt, within bounds", () => {
    const trip = new RoundTrip({ firstAnswerMs: 1_000, longestAnswerMs: 4_000, mostProperties: 10 });
    expect([0, 1, 2, 3].map((attempt) => trip.timeoutMs(attempt))).toEqual([1_000, 2_000, 4_000, 4_000]);
    expect(trip.restMs()).toBe(300);
    for (let turn = 0; turn < 20; turn++) trip.sample(2);
    expect([trip.timeoutMs(0), trip.restMs()]).toEqual([200, 100]);
    for (let turn = 0; turn < 20; turn++) trip.sample(600);
    expect(trip.timeoutMs(0)).toBeGreaterThan(600);
    expect(trip.timeoutMs(0)).toBeLessThan(2_000);
  });

  it("never grows by an answer that comes early", () => {
    const trip = new RoundTrip({ firstAnswerMs: 1_000, longestAnswerMs: 4_000, mostProperties: 10 });
    for (const slow of [400, 20, 150, 390, 170, 340]) trip.sample(slow);
    for (let turn = 0; turn < 20; turn++) {
      const before = trip.timeoutMs(0);
      trip.sample(4);
      expect(trip.timeoutMs(0)).toBeLessThanOrEqual(before);
    }
    expect(trip.timeoutMs(0)).toBe(200);
  });
});

describe("a node's queue", () => {
  it("does one job at a time: set before get before poll", async () => {
    const queue = new NodeQueue();
    const done: string[] = [];
    const { signal } = new AbortController();
    const job = (name: string) => async () => {
      done.push(name);
      await settle();
      done.push(`/${name}`);
    };
    await Promise.all([
      queue.run("poll", job("first"), signal),
      queue.run("poll", job("poll"), signal),
      queue.run("get", job("get"), signal),
      queue.run("set", job("set"), signal),
    ]);
    expect(done.join(" ")).toBe("first /first set /set get /get poll /poll");
  });

  it("goes on after a job that failed, and drops one that was given up while it waited", async () => {
    const queue = new NodeQueue();
    const leave = new AbortController();
    const failing = queue.run("get", () => Promise.reject(new Error("failed")), leave.signal);
    const waiting = queue.run("get", async () => "never", AbortSignal.abort("gone"));
    await expect(failing).rejects.toThrow("failed");
    await expect(waiting).rejects.toBe("gone");
    expect(await queue.run("get", async () => "next", leave.signal)).toBe("next");
  });
});

describe("a poll plan", () => {
  const plan = () =>
    new PollPlan(
      1_000,
      new Map([
        [0x80, { isAnnounced: true }],
        [0xb0, { isAnnounced: false }],
        [0xb3, { isAnnounced: false }],
      ]),
    );

  it("has everything due at first and after a restart, and nothing in between", () => {
    const one = plan();
    expect(one.due(5)).toEqual([0x80, 0xb0, 0xb3]);
    for (const epc of [0x80, 0xb0, 0xb3, 0xff]) one.told(epc, 5, { isChanged: true });
    expect(one.due(900)).toEqual([]);
    expect(one.due(1_005)).toEqual([0xb0, 0xb3]);
    one.restart();
    expect(one.due(6)).toHaveLength(3);
  });

  it("asks less and less for what fails, an hour apart at most, and does not hasten it", () => {
    const one = plan();
    for (let turn = 0; turn < 30; turn++) one.failed(0xb0, 0);
    for (const epc of [0x80, 0xb3]) one.told(epc, 0, { isChanged: false });
    one.failed(0xff, 0);
    one.hasten(10);
    expect(one.due(10)).toEqual([0xb3]);
    expect(one.due(3_600_000)).toContain(0xb0);
  });
});

describe("a mailbox", () => {
  it("keeps what lies unread within bounds, the newest", async () => {
    const leave = new AbortController();
    const mailbox = createMailbox<number>(leave.signal);
    for (let item = 0; item < 10_005; item++) mailbox.put(item);
    for await (const item of mailbox) {
      expect(item).toBe(5);
      break;
    }
  });

  it("ends with its signal, also while nothing is there to read", async () => {
    const leave = new AbortController();
    const read: number[] = [];
    const reading = collect(createMailbox<number>(leave.signal), read);
    await settle();
    leave.abort();
    await reading;
    expect(read).toEqual([]);
  });
});

describe("a warning", () => {
  it("is said once about each thing, and about a hundred things at most", () => {
    const log = new FakeLog();
    const warnOnce = createWarnOnce(log);
    for (let thing = 0; thing < 200; thing++)
      for (let turn = 0; turn < 2; turn++) warnOnce("odd", `thing ${thing}`, {});
    warnOnce("other", "thing 1", {});
    expect(log.lines).toHaveLength(101);
  });
});
