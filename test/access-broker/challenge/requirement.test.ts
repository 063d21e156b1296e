import { describe, expect, it } from "vitest";
import type { Assurance } from "../../../access-broker/challenge/challenge.ts";
import {
  defaultRequirement,
  isOnlyElsewhere,
  nextMethods,
  parseRequirement,
  rightsOf,
} from "../../../access-broker/challenge/requirement.ts";

const shown = (assurances: readonly Assurance[], source = "192.0.2.1", hasTotp = false) => ({
  assurances,
  source,
  hasTotp,
});
const rights = (text: string, ...of: Parameters<typeof shown>) => rightsOf(parseRequirement(text), shown(...of));
const next = (text: string, ...of: Parameters<typeof shown>) => nextMethods(parseRequirement(text), shown(...of));

describe("A requirement", () => {
  it.each([
    ["password", ["password"], "all"],
    ["password", [], "none"],
    ["password", ["passkey"], "none"],
    ["password+passkey", ["password"], "none"],
    ["password+passkey", ["passkey"], "none"],
    ["password+passkey", ["passkey", "password"], "all"],
    ["passkey|key", ["key"], "all"],
    ["passkey|key", ["password"], "none"],
    ["passkey|view:password", ["password"], "view"],
    ["passkey|view:password", ["password", "passkey"], "all"],
    ["password+totp|passkey", ["password", "totp"], "all"],
    ["view:@192.0.2.0/24", ["source"], "view"],
    [defaultRequirement, ["password"], "all"],
    [defaultRequirement, ["passkey"], "all"],
    [defaultRequirement, ["key"], "all"],
    [defaultRequirement, ["source"], "none"],
  ] as const)("%s: with %j there are rights to %s", (text, assurances, expected) => {
    expect(rights(text, assurances)).toBe(expected);
  });

  it("looks at networks beside a method, in both families, mapped addresses as what they are", () => {
    const text = "password@192.0.2.0/24,2001:db8::/32|passkey";
    for (const source of ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:192.0.2.7", "2001:db8:1::1"]) {
      expect(rights(text, ["password"], source), source).toBe("all");
    }
    for (const source of ["192.0.3.7", "::ffff:192.0.3.7", "2001:db9::1", "", "nonsense", "fe80::1"]) {
      expect(rights(text, ["password"], source), source).toBe("none");
      expect(rights(text, ["passkey"], source), source).toBe("all");
      expect(isOnlyElsewhere(parseRequirement(text), shown(["password"], source))).toBe(true);
    }
    expect(isOnlyElsewhere(parseRequirement("passkey"), shown(["password"]))).toBe(false);
  });

  it("says what leads on, and nothing where nothing does", () => {
    expect(next("password+passkey|password+key", ["password"])).toEqual(["key", "passkey"]);
    expect(next("password+passkey", ["passkey"])).toEqual(["password"]);
    expect(next("passkey|key", ["password"])).toEqual([]);
    expect(next("password+totp@192.0.2.0/24", ["password"], "198.51.100.1")).toEqual([]);
    expect(next("passkey", ["password", "one-time"])).toEqual(["passkey"]);
  });

  it("asks for an authenticator app that a person has set up wherever a password alone would do, and nowhere else", () => {
    expect(rights("password|passkey", ["password"], "", true)).toBe("none");
    expect(next("password|passkey", ["password"], "", true)).toEqual(["totp"]);
    expect(rights("password|passkey", ["password", "totp"], "", true)).toBe("all");
    expect(rights("password|passkey", ["passkey"], "", true)).toBe("all");
    expect(rights("password+key", ["password", "key"], "", true)).toBe("all");
  });

  it.each([
    "",
    "|",
    "password|",
    "pin",
    "password+",
    "password+password",
    "totp",
    "password totp",
    "@192.0.2.0/24",
    "view:",
    "password@",
    "password@192.0.2.1",
    "password@192.0.2.0/33",
    "password@192.0.2.0/x",
    "password@192.0.2.0/24/1",
    "password@10.0.0.0/7",
    "password@0.0.0.0/0",
    "password@::/0",
    "password@2001:db8::/15",
    "password@2001:db8::/129",
    "password@fe80::1%eth0/64",
    "password@::ffff:192.0.2.0/120",
    "password@home",
    `password@${Array.from({ length: 17 }, (_, n) => `192.0.${n}.0/24`).join(",")}`,
    "password|".repeat(100),
  ])("is not %j", (text) => {
    expect(() => parseRequirement(text)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });
});
