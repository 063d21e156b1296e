/** What the command tells people, in the terminal's language. */

import type { Arguments, Language } from "./arguments.ts";

export type { Language };

import en from "./texts/en.json" with { type: "json" };
import ja from "./texts/ja.json" with { type: "json" };

export type TextName = keyof typeof en;

/** A long text stands in the file line by line. */
const texts: Readonly<Record<Language, Readonly<Record<TextName, string | readonly string[]>>>> = { en, ja };

/** The text with its `{names}` filled in. */
export function say(language: Language, name: TextName, facts: Readonly<Record<string, string | number>> = {}): string {
  const text = texts[language][name];
  return (typeof text === "string" ? text : text.join("\n")).replaceAll(/\{(\w+)\}/g, (whole, fact: string) =>
    String(facts[fact] ?? whole),
  );
}

/** One value for programs, or a line for people. */
export const print = (args: Pick<Arguments, "isJson">, value: object, line: string): void =>
  void process.stdout.write(`${args.isJson ? JSON.stringify(value) : line}\n`);
