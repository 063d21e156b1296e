/** The viewer's language by its Accept-Language (RFC 9110, 12.5.4): Japanese when it is preferred to English, else English. */

import en from "../contract/page-texts/en.json" with { type: "json" };
import ja from "../contract/page-texts/ja.json" with { type: "json" };
import type { Language, Speech } from "../contract/page-texts.ts";

const speeches: Readonly<Record<Language, Speech>> = {
  en: { language: "en", texts: en },
  ja: { language: "ja", texts: ja },
};

export function speechOf(acceptLanguage: string | null): Speech {
  let best: Language = "en";
  let bestWeight = 0;
  for (const range of (acceptLanguage ?? "").split(",")) {
    const [, tag, weight = "1"] = /^\s*([a-z]{2})(?:-[\w-]*)?\s*(?:;\s*q=([\d.]+))?\s*$/i.exec(range) ?? [];
    const language = tag?.toLowerCase();
    if ((language !== "en" && language !== "ja") || Number(weight) <= bestWeight) continue;
    best = language;
    bestWeight = Number(weight);
  }
  return speeches[best];
}
