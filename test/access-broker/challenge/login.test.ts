import { describe, expect, it } from "vitest";
import { type Assurance, type Challenge, type Claim, refused } from "../../../access-broker/challenge/challenge.ts";
import { createLogin, type ProofKind } from "../../../access-broker/challenge/login.ts";
import { parseRequirement } from "../../../access-broker/challenge/requirement.ts";
import type { Standing } from "../../../access-broker/challenge/standing.ts";
import { wholeGrant } from "../../../gateway-core/contract/grant.ts";

const claim: Claim = { number: "090-1", origin: "https://090-1.x", source: "192.0.2.1", user: "hanako" };

/** A challenge that believes what the proof says. */
const credulous = (assurance: Assurance): Challenge => ({
  prepare: async () => ({ for: assurance }),
  judge: async ({ user = "" }, { as = user, isWrong }) => {
    if (isWrong) throw refused("wrong-password");
    return { user: String(as), assurances: [assurance] };
  },
});

const standing: Standing = {
  ...{ role: "guest", grant: wholeGrant, isSuspended: false },
  home: { methods: ["https"], isSuspended: false },
};

function login(requirement: string, hasTotp = false, found: Standing | undefined = standing) {
  const challenges: Record<ProofKind, Challenge> = {
    password: credulous("password"),
    totp: credulous("totp"),
    recovery: credulous("totp"),
    key: credulous("key"),
    passkey: credulous("passkey"),
    source: credulous("source"),
  };
  return createLogin({
    challenges,
    requirementOf: async () => parseRequirement(requirement),
    hasTotp: async () => hasTotp,
    findStanding: async () => found,
  });
}
const reached = { reached: ["https"] };
const proof = (kind: ProofKind, more = {}) => ({ kind, proof: more });
const cause = (reason: string) => expect.objectContaining({ code: "login-refused", cause: reason });

describe("A login", () => {
  it("is whole when the home's requirement is met, at once or step by step", async () => {
    const { prove } = login("password+passkey");
    const both = await prove(claim, undefined, [proof("password"), proof("passkey")]);
    expect(both).toEqual({ user: "hanako", assurances: ["password", "passkey"], rights: "all", next: [], ...reached });
    const first = await prove(claim, undefined, [proof("password")]);
    expect(first).toEqual({ user: "hanako", assurances: ["password"], rights: "none", next: ["passkey"], ...reached });
    expect(await prove(claim, first, [proof("passkey")])).toMatchObject({ rights: "all" });
  });

  it("is refused as a wrong one when what was shown leads nowhere, or not from there", async () => {
    await expect(login("passkey|key").prove(claim, undefined, [proof("password")])).rejects.toEqual(
      cause("method-not-accepted"),
    );
    await expect(login("password@10.0.0.0/8").prove(claim, undefined, [proof("password")])).rejects.toEqual(
      cause("source-not-accepted"),
    );
    await expect(login("password").prove(claim, undefined, [])).rejects.toEqual(cause("malformed"));
  });

  it("of somebody suspended, or at a home that is, is refused like any other, after the proof and at every step", async () => {
    const home = { ...standing.home, isSuspended: true };
    for (const found of [
      { ...standing, isSuspended: true },
      { ...standing, home },
    ]) {
      for (const requirement of ["password", "password+passkey"]) {
        const { prove } = login(requirement, false, found);
        await expect(prove(claim, undefined, [proof("password")])).rejects.toEqual(cause("suspended"));
        const wrong = prove(claim, undefined, [proof("password", { isWrong: true })]);
        await expect(wrong).rejects.toEqual(cause("wrong-password"));
      }
    }
  });

  it("takes no code before somebody has shown who they are", async () => {
    const { prove } = login("password+totp");
    for (const kind of ["totp", "recovery"] as const) {
      await expect(prove(claim, undefined, [proof(kind)])).rejects.toEqual(cause("malformed"));
    }
    expect(await prove(claim, undefined, [proof("password"), proof("totp")])).toMatchObject({ rights: "all" });
  });

  it("is one person's: another's second proof is refused", async () => {
    const { prove } = login("password+passkey");
    const first = await prove(claim, undefined, [proof("password")]);
    await expect(prove(claim, first, [proof("passkey", { as: "taro" })])).rejects.toEqual(cause("other-user"));
    // Whatever the form names: the code is looked for with the person who has shown the password.
    const code = await login("password+totp").prove({ ...claim, user: "taro" }, first, [proof("totp")]);
    expect(code.user).toBe("hanako");
  });

  it("asks for the app that a person has set up, though the home does not", async () => {
    const first = await login("password", true).prove(claim, undefined, [proof("password")]);
    expect(first).toMatchObject({ rights: "none", next: ["totp"] });
    expect(await login("password", true).prove(claim, first, [proof("recovery")])).toMatchObject({ rights: "all" });
  });

  it("stops at the first proof that is wrong", async () => {
    const { prove } = login("password");
    await expect(prove(claim, undefined, [proof("password", { isWrong: true }), proof("passkey")])).rejects.toEqual(
      cause("wrong-password"),
    );
  });
});
