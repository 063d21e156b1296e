/** What the access broker's own pages say, in English and Japanese. */

import en from "./words.en.json" with { type: "json" };
import ja from "./words.ja.json" with { type: "json" };

export type Language = "en" | "ja";
export type Word = keyof typeof en;

export interface Speech {
  readonly language: Language;
  /** The text of a word, with `{name}` filled in. */
  say(word: Word, facts?: Readonly<Record<string, string | number>>): string;
}

const words: Readonly<Record<Language, Readonly<Record<Word, string>>>> = { en, ja };

/** The language that an Accept-Language header likes best (RFC 9110 §12.5.4); English when it names none of ours. */
export function speechFor(acceptLanguage: string | null): Speech {
  const wishes = (acceptLanguage ?? "").split(",").map((entry, at) => {
    const [tag = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((one) => one.startsWith("q="))?.slice(2) ?? "1";
    return { language: tag.slice(0, 2), quality: Number(quality) - at / 1000 };
  });
  const best = wishes
    .filter(({ language, quality }) => isLanguage(language) && quality > 0)
    .sort((a, b) => b.quality - a.quality)[0]?.language;
  const language = isLanguage(best) ? best : "en";
  return {
    language,
    say: (word, facts = {}) => words[language][word].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? "")),
  };
}

const isLanguage = (tag: string | undefined): tag is Language => tag === "en" || tag === "ja";
