import { describe, expect, it } from "vitest";
import { createBoundedWords } from "../../../access-broker/operation/bounded-words.ts";
import { createFigures, type Sources } from "../../../access-broker/operation/figures.ts";
import { examineHealth } from "../../../access-broker/operation/health.ts";
import { createOnlineHomes } from "../../../access-broker/operation/online-homes.ts";
import { createRates } from "../../../access-broker/operation/rates.ts";
import { FakeClock, settle } from "../../fakes/fake-host.ts";

const sources: Sources = {
  homesOnline: () => 3,
  mqttVisitors: () => 2,
  eventStreams: () => 1,
  media: () => ({ streams: 2, viewers: 6, received: 300, sent: 400 }),
  passwordQueue: () => 4,
  auditBacklog: () => 5,
  certificateExpiresAt: () => 1_900_000_000_000,
  traffic: () => ({ users: { open: 7, connections: 9, received: 100, sent: 200 } }),
  stored: async () => ({ homes: 10, users: 11, sessions: 12 }),
};

/** The lines of the exposition that hold a sample. */
const samples = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

describe("The figures", () => {
  it("are told in Prometheus's text format, each with what it means", async () => {
    using figures = createFigures(sources);
    figures.judged("allowed");
    figures.judged("refused");
    figures.happened("login-refused", "wrong-password");
    const text = await figures.text();
    expect(figures.contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
    for (const line of [
      "genkan_homes_online 3",
      "genkan_mqtt_visitors 2",
      "genkan_event_streams 1",
      "genkan_streams 2",
      "genkan_stream_viewers 6",
      'genkan_stream_octets_total{direction="in"} 300',
      'genkan_stream_octets_total{direction="out"} 400',
      "genkan_password_queue 4",
      "genkan_audit_backlog 5",
      "genkan_certificate_expires_timestamp_seconds 1900000000",
      'genkan_open_connections{door="users"} 7',
      'genkan_connections_total{door="users"} 9',
      'genkan_octets_total{door="users",direction="in"} 100',
      'genkan_octets_total{door="users",direction="out"} 200',
      'genkan_requests_total{verdict="allowed"} 1',
      'genkan_requests_total{verdict="refused"} 1',
      'genkan_refusals_total{what="login-refused",reason="wrong-password"} 1',
      'genkan_stored{what="sessions"} 12',
    ])
      expect(samples(text)).toContain(line);
    for (const name of ["process_resident_memory_bytes", "nodejs_eventloop_delay_max_seconds"])
      expect(
        Number(
          samples(text)
            .find((line) => line.startsWith(`${name} `))
            ?.split(" ")[1],
        ),
      ).toBeGreaterThanOrEqual(0);
    const named = new Set(samples(text).map((line) => line.split(/[{ ]/)[0]));
    for (const name of named) expect(text).toContain(`# HELP ${name} `);
    // Looked at again, totals are the same totals.
    expect(samples(await figures.text())).toContain('genkan_octets_total{door="users",direction="in"} 100');
  });

  it("leave out what the store cannot say, and go on", async () => {
    using figures = createFigures({ ...sources, stored: () => Promise.reject(new Error("away")) });
    const text = await figures.text();
    expect(text).not.toContain("genkan_stored{what=");
    expect(samples(text)).toContain("genkan_homes_online 3");
  });

  it("take no label from what somebody sent, and no more labels than are kept in view", async () => {
    using figures = createFigures(sources);
    for (const reason of ["090-1234-5678", "hanako@example.org", 'a"b\nc', "192.0.2.1", undefined, 5])
      figures.happened("login-refused", reason);
    for (let at = 0; at < 500; at++)
      figures.happened("request-refused", `word-${String.fromCharCode(97 + (at % 26), 97 + ((at / 26) | 0))}`);
    const refusals = await figures.refusals();
    expect(refusals.find(({ what }) => what === "login-refused")).toEqual({
      ...{ what: "login-refused", reason: "other", count: 6 },
    });
    expect(refusals.length).toBeLessThan(70);
    expect(refusals.reduce((sum, { count }) => sum + count, 0)).toBe(506);
  });
});

it("A bounded word is a kebab-case constant or `other`", () => {
  const bound = createBoundedWords();
  for (const word of ["too-many-attempts", "view-only", "x"]) expect(bound(word)).toBe(word);
  for (const word of ["", "A", "a_b", "a-1", "a".repeat(25), "a-b-c-d-e-f", null]) expect(bound(word)).toBe("other");
});

it("Homes are online from the event of it until they are away, and are found by a part of the number", () => {
  let now = 5;
  const homes = createOnlineHomes(() => now);
  homes.happened("home-online", "090-1111-1111", "192.0.2.1");
  now = 6;
  homes.happened("home-online", "090-2222-2222", "192.0.2.2");
  homes.happened("home-online", "090-1111-1111", "192.0.2.3");
  homes.happened("login", "090-3333-3333", "192.0.2.4");
  expect(homes.count).toBe(2);
  expect(homes.list(1, "")).toEqual([{ number: "090-1111-1111", source: "192.0.2.3", since: 6 }]);
  expect(homes.list(9, "2222")).toHaveLength(1);
  homes.happened("home-away", "090-1111-1111", "192.0.2.3");
  expect(homes.count).toBe(1);
});

it("A rate is what passed in the last half minute, and not since the start", async () => {
  const clock = new FakeClock();
  let received = 0;
  using rates = createRates(clock, () => ({ users: { received, sent: 0 } }));
  for (let at = 0; at < 10; at++) {
    received += 1_000_000;
    await clock.advance(10_000);
  }
  expect(rates.now()["users"]?.receivedPerSecond).toBe(100_000);
  await clock.advance(60_000);
  expect(rates.now()["users"]).toEqual({ receivedPerSecond: 0, sentPerSecond: 0 });
});

describe("Health", () => {
  const well = { isDraining: () => false, listeners: () => ({ users: true }), askStore: async () => 1 };
  const clock = new FakeClock();

  it("is ready, draining, or failing by its store and its doors", async () => {
    expect(await examineHealth(well, clock)).toEqual({ status: "ready", store: true, listeners: { users: true } });
    expect((await examineHealth({ ...well, isDraining: () => true }, clock)).status).toBe("draining");
    expect((await examineHealth({ ...well, listeners: () => ({ users: false }) }, clock)).status).toBe("failing");
    const away = { ...well, askStore: () => Promise.reject(new Error("away")) };
    expect(await examineHealth(away, clock)).toMatchObject({ status: "failing", store: false });
    expect(clock.pending).toBe(0);
  });

  it("does not wait for a store that hangs", async () => {
    const asked = examineHealth({ ...well, askStore: () => new Promise(() => undefined) }, clock);
    await settle();
    await clock.advance(2_000);
    expect((await asked).status).toBe("failing");
  });
});
