import { describe, expect, it } from "vitest";
import { createSessions } from "../../../access-broker/challenge/sessions.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const number = "090-1234-5678";
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
    const token = await sessions.begin(number, "hanako");
    expect(await sessions.find(token, number)).toMatchObject({ user: "hanako", mustChangePassword: false });
    expect(await sessions.find(token, "090-0000-0000")).toBeUndefined();
    expect(await sessions.find(`${token.slice(1)}A`, number)).toBeUndefined();
  });

  it("is kept without its token", async () => {
    const { sessions, store } = await open();
    const token = await sessions.begin(number, "hanako");
    expect(await store.findSession(token)).toBeUndefined();
  });

  it("ends after seven idle days", async () => {
    const { sessions, clock } = await open();
    const token = await sessions.begin(number, "hanako");
    await clock.advance(6 * day);
    expect(await sessions.find(token, number)).toBeDefined();
    await clock.advance(7 * day);
    expect(await sessions.find(token, number)).toBeUndefined();
  });

  it("ends after thirty days, however busy", async () => {
    const { sessions, clock } = await open();
    const token = await sessions.begin(number, "hanako");
    for (let days = 0; days < 29; days++) {
      await clock.advance(day);
      expect(await sessions.find(token, number)).toBeDefined();
    }
    await clock.advance(day);
    expect(await sessions.find(token, number)).toBeUndefined();
  });

  it("of a one-time password says that another must be set", async () => {
    const { sessions, store } = await open();
    await store.putUser({ number, user: "taro", passwordHash: "h", state: "one-time-used" });
    const token = await sessions.begin(number, "taro");
    expect(await sessions.find(token, number)).toMatchObject({ mustChangePassword: true });
  });
});
