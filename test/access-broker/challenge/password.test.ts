import { describe, expect, it } from "vitest";
import { createPasswordHasher } from "../../../access-broker/challenge/password-hash.ts";
import { assertSuitablePassword } from "../../../access-broker/challenge/password-rules.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";

describe("A password's hash", () => {
  const hasher = createPasswordHasher();

  it("is argon2id with the product's parameters and a salt of its own", async () => {
    const [one, two] = await Promise.all([hasher.hash("correct horse"), hasher.hash("correct horse")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify("correct horse", one)).toBe(true);
    expect(await hasher.verify("correct horsf", one)).toBe(false);
  });

  it("is the same for every Unicode form of a password", async () => {
    const hash = await hasher.hash("ｶﾞﾗｽの仮面パスワード");
    expect(await hasher.verify("ガラスの仮面パスワード", hash)).toBe(true);
  });

  it("verifies nothing against what is no hash", async () => {
    expect(await hasher.verify("", "")).toBe(false);
    expect(await hasher.verify("x", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA")).toBe(false);
  });

  it("refuses more than a bounded number at once", async () => {
    const busy = createPasswordHasher();
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => busy.verify("x", "")));
    const refused = outcomes.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(80 - 66);
    expect(refused[0]?.reason).toMatchObject({ code: "too-many-attempts" });
  }, 20_000);
});

describe("A person may not choose a password that", () => {
  it.each([
    ["is short", "short", "nine char"],
    ["is long", "long", "長".repeat(100)],
    ["has few different characters", "simple", "aaaaaaaaaabbbb"],
    ["is a run of neighbours", "simple", "0123456789"],
    ["runs backwards", "simple", "zyxwvutsrqpo"],
    ["is the user's name", "name", "hanakohanako"],
    ["is the access number", "name", "090-1234-5678"],
  ])("%s", (_what, reason, password) => {
    expect(reasonOf(password)).toBe(reason);
  });

  it.each(["correct horse battery", "玄関のかぎはかえるのおもちゃ", "tr0ub4dor&3xyz"])("but %s", (password) => {
    expect(reasonOf(password)).toBeUndefined();
  });
});

function reasonOf(password: string): unknown {
  try {
    assertSuitablePassword(password, "hanako", "090-1234-5678");
    return undefined;
  } catch (thrown) {
    return thrown instanceof HomeError && thrown.code === "password-unsuitable" ? thrown.details["reason"] : thrown;
  }
}
