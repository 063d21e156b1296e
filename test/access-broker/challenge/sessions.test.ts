import { describe, expect, it } from "vitest";
import { createSessions } from "../../../access-broker/challenge/sessions.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const number = "090-1234-5678";
const source = "192.0.2.1";
const hanako = { number, user: "hanako", assurances: ["password"], source, agent: "test" } as const;
const day = 24 * 60 * 60_000;

async function open() {
  const clock = new FakeClock();
  const store = openSqliteStore(":memory:");
  await store.putUser({ number, user: "hanako", passwordHash: "h", state: "password" });
  return { clock, store, sessions: createSessions(store, clock) };
}

describe("A session", () => {
  it("is known by its token at its own home only", async () => {
    const { sessions } = await open();
    const token = await sessions.begin(hanako);
    expect(await sessions.find(token, number, source)).toMatchObject({ user: "hanako", mustChangePassword: false });
    expect(await sessions.find(token, "090-0000-0000", source)).toBeUndefined();
    expect(await sessions.find(`${token.slice(1)}A`, number, source)).toBeUndefined();
  });

  it("is kept without its token", async () => {
    const { sessions, store } = await open();
    const token = await sessions.begin(hanako);
    expect(await store.findSession(token)).toBeUndefined();
  });

  it("ends after seven idle days", async () => {
    const { sessions, clock } = await open();
    const token = await sessions.begin(hanako);
    await clock.advance(6 * day);
    expect(await sessions.find(token, number, source)).toBeDefined();
    await clock.advance(7 * day);
    expect(await sessions.find(token, number, source)).toBeUndefined();
  });

  it("ends after thirty days, however busy", async () => {
    const { sessions, clock } = await open();
    const token = await sessions.begin(hanako);
    for (let days = 0; days < 29; days++) {
      await clock.advance(day);
      expect(await sessions.find(token, number, source)).toBeDefined();
    }
    await clock.advance(day);
    expect(await sessions.find(token, number, source)).toBeUndefined();
  });

  it("of a one-time password says that another must be set", async () => {
    const { sessions, store } = await open();
    await store.putUser({ number, user: "taro", passwordHash: "h", state: "one-time-used" });
    const token = await sessions.begin({ ...hanako, user: "taro" });
    expect(await sessions.find(token, number, source)).toMatchObject({ mustChangePassword: true });
  });

  it("may do what the home requires now, not when it was begun", async () => {
    const { sessions, store } = await open();
    const token = await sessions.begin(hanako);
    expect(await sessions.find(token, number, source)).toMatchObject({ rights: "all", next: [] });
    await store.setRequirement(number, "password+passkey");
    expect(await sessions.find(token, number, source)).toMatchObject({ rights: "none", next: ["passkey"] });
    await store.setRequirement(number, "passkey|view:password");
    const { id = "" } = (await sessions.find(token, number, source)) ?? {};
    expect(await sessions.find(token, number, source)).toMatchObject({ rights: "view" });
    expect(await sessions.sightOf(id, source)).toContain("view");
    await store.setRequirement(number, "password@192.0.2.0/24");
    expect(await sessions.find(token, number, source)).toMatchObject({ rights: "all" });
    expect(await sessions.find(token, number, "203.0.113.1")).toMatchObject({ rights: "none" });
    expect(await sessions.sightOf(id, "203.0.113.1")).toBeUndefined();
  });

  it("that may do nothing yet waits ten minutes and is gone", async () => {
    const { sessions, store, clock } = await open();
    await store.setRequirement(number, "password+totp");
    const token = await sessions.begin(hanako);
    await clock.advance(10 * 60_000 - 1);
    expect(await sessions.find(token, number, source)).toMatchObject({ rights: "none", next: ["totp"] });
    await clock.advance(1);
    expect(await sessions.find(token, number, source)).toBeUndefined();
    expect(await sessions.list(number, "hanako")).toEqual([]);
  });

  it("in another's place lives no longer than that one, and stays as fresh", async () => {
    const { sessions, clock } = await open();
    const first = await sessions.begin(hanako);
    await clock.advance(14 * 60_000);
    const { begunAt = 0, isFresh } = (await sessions.find(first, number, source)) ?? {};
    expect(isFresh).toBe(true);
    const second = await sessions.begin({ ...hanako, begunAt });
    await clock.advance(60_000);
    expect(await sessions.find(second, number, source)).toMatchObject({ isFresh: false });
    for (let days = 0; days < 29; days++) {
      await clock.advance(day);
      expect(await sessions.find(second, number, source)).toBeDefined();
    }
    await clock.advance(day);
    expect(await sessions.find(second, number, source)).toBeUndefined();
  });

  it("that has ended is no longer listed", async () => {
    const { sessions, clock } = await open();
    await sessions.begin(hanako);
    await clock.advance(6 * day);
    await sessions.begin({ ...hanako, agent: "another" });
    expect((await sessions.list(number, "hanako")).map(({ agent }) => agent)).toEqual(["another", "test"]);
    await clock.advance(2 * day);
    expect((await sessions.list(number, "hanako")).map(({ agent }) => agent)).toEqual(["another"]);
  });
});
