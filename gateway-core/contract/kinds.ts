/** The closed list of device kinds, with what people call them: a person may give a device the icon of another kind. */

import type { Kind, Texts } from "./descriptor.ts";
import titles from "./kind-titles.json" with { type: "json" };

export const kindTitles: Readonly<Record<Kind, Texts>> = titles;

export const isKind = (word: unknown): word is Kind => typeof word === "string" && Object.hasOwn(kindTitles, word);
