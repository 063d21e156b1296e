/** The page's language is the one that the gateway printed it in. */

import en from "../gateway-core/contract/page-texts/en.json" with { type: "json" };
import ja from "../gateway-core/contract/page-texts/ja.json" with { type: "json" };
import type { Speech } from "../gateway-core/contract/page-texts.ts";

export function speechOfDocument(): Speech {
  return document.documentElement.lang === "ja" ? { language: "ja", texts: ja } : { language: "en", texts: en };
}
