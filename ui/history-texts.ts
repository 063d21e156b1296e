/** The words of histories in both languages, fetched with the chart. */

import en from "../gateway-core/contract/history-texts/en.json" with { type: "json" };
import ja from "../gateway-core/contract/history-texts/ja.json" with { type: "json" };
import type { HistoryTexts } from "../gateway-core/contract/history-texts.ts";
import type { Language } from "../gateway-core/contract/page-texts.ts";

export const historyTexts: Readonly<Record<Language, HistoryTexts>> = { en, ja };
