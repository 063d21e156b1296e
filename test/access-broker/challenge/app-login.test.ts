import { describe, expect, it } from "vitest";
import { createAppLogin } from "../../../access-broker/challenge/app-login.ts";
import { refused } from "../../../access-broker/challenge/challenge.ts";
import { parseRequirement } from "../../../access-broker/challenge/requirement.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const number = "090-1234-5678";
const from = "198.51.100.7";

/** A home with one person; `judged` counts the costly judgements, by user. */
function home() {
  const state = { requirement: "password", hasTotp: false, passwordHash: "h1", password: "right", state: "password" };
  const clock = new FakeClock();
  const judged: (string | undefined)[] = [];
  const judge = createAppLogin({
    clock,
    login: {
      async prove({ user }, _before, [first]) {
        judged.push(user);
        await Promise.resolve();
        if (user !== "pc" || first?.proof["password"] !== state.password) throw refused("wrong-password");
        return { user, assurances: ["password"], rights: "all", next: [] };
      },
    },
    findUser: async (_number, user) => (user === "pc" ? state : undefined),
    requirementOf: async () => parseRequirement(state.requirement),
    hasTotp: async () => state.hasTotp,
  });
  return {
    state,
    clock,
    judged,
    ask: (user = "pc", password = "right", source = from) => judge(number, user, password, source),
  };
}
const isRefused = expect.objectContaining({ code: "login-refused" });

describe("A program's login", () => {
  it("is judged once, however often it asks, at once or one after another, until ten minutes are over", async () => {
    const { ask, judged, clock } = home();
    await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()]);
    await ask();
    expect(judged).toHaveLength(1);
    await clock.advance(10 * 60_000);
    await ask();
    expect(judged).toHaveLength(2);
  });

  it("is judged anew from elsewhere, and what was refused each time", async () => {
    const { ask, judged } = home();
    await ask();
    await ask("pc", "right", "198.51.100.8");
    expect(judged).toHaveLength(2);
    for (let n = 0; n < 2; n++) await expect(ask("pc", "wrong")).rejects.toEqual(isRefused);
    await expect(ask("nobody")).rejects.toEqual(isRefused);
    expect(judged).toHaveLength(5);
  });

  it("ends at once when the password is another, though the one before was proven", async () => {
    const { ask, state } = home();
    await ask();
    Object.assign(state, { passwordHash: "h2", password: "other" });
    await expect(ask()).rejects.toEqual(isRefused);
    await ask("pc", "other");
  });

  it.each([
    ["the home asks for more", { requirement: "password+totp|passkey" }],
    ["the home asks for a passkey", { requirement: "passkey" }],
    ["a password lets look only", { requirement: "view:password" }],
    ["a password is good from elsewhere only", { requirement: "password@203.0.113.0/24" }],
    ["the person has an authenticator app", { hasTotp: true }],
  ])("is refused where %s, before and after it was proven", async (_why, change) => {
    const [fresh, proven] = [home(), home()];
    Object.assign(fresh.state, change);
    await expect(fresh.ask()).rejects.toEqual(isRefused);
    await proven.ask();
    Object.assign(proven.state, change);
    await expect(proven.ask()).rejects.toEqual(isRefused);
  });

  it("does not spend a password for one login: the same work is done for a user that nobody is", async () => {
    const { ask, state, judged } = home();
    state.state = "one-time";
    await expect(ask()).rejects.toEqual(isRefused);
    expect(judged).toEqual([""]);
  });
});
