import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFormTokens } from "../../gateway-core/page/form-token.ts";
import { openPage } from "./open-page.ts";

const tokens = createFormTokens("secret");
const pageOf = (words: string): string =>
  `<p>${words}</p><input value="${tokens.place}"><input value="${tokens.place}">`;
const tokenIn = (page: string): string => /value="([^"]*)"/.exec(page)?.[1] ?? "";
const tokenOf = (words: string, session = "s1"): string => tokenIn(tokens.seal(pageOf(words), session));
const refused = expect.objectContaining({ code: "form-token-invalid" });
const check = (session: string, token: string | null) => {
  try {
    tokens.check(session, token);
    return "taken";
  } catch (thrown) {
    return thrown;
  }
};

describe("The token of a form", () => {
  it("is taken of every page that was printed for the session, and of no other session", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (words, session) => {
        const token = tokenOf(words, session);
        expect([check(session, token), check(`${session}x`, token)]).toEqual(["taken", refused]);
      }),
    );
  });

  it("is the same for the same page and session, so that a page keeps its tag", () => {
    expect(tokenOf("21.5 °C")).toBe(tokenOf("21.5 °C"));
    expect(tokenOf("21.5 °C")).not.toBe(tokenOf("21.5 °C", "s2"));
  });

  it("shares nothing with the token of a page that differs in one word: a guess in a page meets another secret", () => {
    const seen = Array.from({ length: 2_000 }, (_, at) => tokenOf(`token=${at}`));
    const longest = seen.map((token) => {
      const other = seen[0] ?? "";
      return [...token].findIndex((sign, at) => sign !== other[at]);
    });
    expect(new Set(seen).size).toBe(2_000);
    // Six bits a sign: of two thousand, three signs in common at the beginning are chance.
    expect(Math.max(...longest.slice(1))).toBeLessThanOrEqual(5);
    expect(seen[0]).toMatch(/^[\w-]{43}$/);
  });

  it("is refused cut, flipped, made by another start, as the place that it takes, and when there is none", () => {
    const token = tokenOf("page");
    const flipped = `${token.slice(0, 30)}${token[30] === "A" ? "B" : "A"}${token.slice(31)}`;
    const other = createFormTokens("later");
    for (const wrong of [
      token.slice(0, -1),
      flipped,
      tokenIn(other.seal(`value="${other.place}"`, "s1")),
      tokens.place,
      "",
      null,
    ]) {
      expect(check("s1", wrong)).toEqual(refused);
    }
  });

  it("stands in each form of each page as one and the same, and its place in none", async () => {
    const { ask } = openPage();
    const pages = await Promise.all(["/", "/devices/lamp", "/c/d/lamp"].map(async (path) => (await ask(path)).text()));
    const found = pages.map(
      (page) => new Set([...page.matchAll(/name="token" value="([^"]*)"/g)].map(([, token]) => token)),
    );
    expect(found.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(found.flatMap((set) => [...set])).size).toBe(3);
  });
});
