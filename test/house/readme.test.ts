/** Who reads Japanese reads as much: what the two READMEs name, run and lead to is the same. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";

const root = packageRoot();
const names = ["README.md", "README.ja.md"] as const;
const texts = names.map((name) => readFileSync(join(root, name), "utf8"));

/** All first groups of what a text has of a pattern, each once and in order. */
const named = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, group = ""]) => group))].toSorted();

describe("README.md and README.ja.md", () => {
  it.each([
    ["commands, paths and settings", /`([\x21-\x7e][\x20-\x7e]*?)`/g],
    ["pictures", /!\[[^\]]*\]\(([^)]+)\)/g],
  ])("name the same %s", (_, pattern) => {
    // What is to be replaced is written in the reader's language.
    const [english = [], japanese = []] = texts.map((text) =>
      named(text, pattern).filter((span) => !/[<>]/.test(span)),
    );
    expect(japanese).toEqual(english);
  });

  it("have as many chapters and rows of tables", () => {
    const [english, japanese] = texts.map((text) => [text.match(/^## /gm)?.length, text.match(/^\| /gm)?.length]);
    expect(japanese).toEqual(english);
  });

  it("lead to files that exist, and to each other", () => {
    for (const [at, text] of texts.entries()) {
      const links = named(text, /\]\(([^):]+)\)/g);
      expect(links).toContain(names[1 - at]);
      for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
    }
  });
});
