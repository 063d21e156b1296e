/** What the import does where no person said better: the rules of rules.json, applied. Pure. */

import type { Kind, Texts } from "../../gateway-core/contract/descriptor.ts";
import type { State } from "./data.ts";
import table from "./rules.json" with { type: "json" };

export interface Rules {
  /** The unit of a descriptor for one of a source; undefined for none. */
  unit(name: string): string | undefined;
  /** "+" or "-" for steps above or below an automatic setting, else "". */
  signOfLevel(level: { readonly octets: number; readonly base: number }): string;
  wordTitles(state: State): Texts;
  propertyTitles(titles: Texts): Texts;
  /** A value worth a curve over time. */
  isMeasured(titles: Texts): boolean;
  /** A counter that only rises: what is worth a curve is by how much. */
  isTotal(titles: Texts): boolean;
  kindOf(eojClass: string): Kind;
  readonly beyond: { readonly overflow: Texts; readonly underflow: Texts };
}

type Phrase = readonly [pattern: string, replacement: string];

export const rules: Rules = {
  beyond: table.beyondRange,
  unit: (name) => entry(table.units, name),
  signOfLevel({ octets, base }) {
    return (
      entry(
        table.relativeLevels,
        `0x${base
          .toString(16)
          .toUpperCase()
          .padStart(2 * octets, "0")}`,
      ) ?? ""
    );
  },
  wordTitles: ({ titles }) => ({
    en: sentence(rewrite(titles.en, table.words.en)),
    ja: rewrite(titles.ja, table.words.ja),
  }),
  propertyTitles: ({ en, ja }) => ({
    en: sentence(rewrite(en, table.titles.en)),
    ja: rewrite(ja, table.titles.ja),
  }),
  isMeasured: ({ en }) => new RegExp(table.measured, "i").test(en) && !new RegExp(table.fixed, "i").test(en),
  isTotal: ({ en }) => new RegExp(table.total, "i").test(en),
  kindOf: (eojClass) => toKind(entry(table.kinds, eojClass.slice(0, 4))),
};

function rewrite(text: string, phrases: readonly string[][]): string {
  const rewritten = phrases
    .map(([pattern = "", replacement = ""]): Phrase => [pattern, replacement])
    .reduce((said, [pattern, replacement]) => said.replace(new RegExp(pattern), replacement), text)
    .trim();
  return rewritten === "" ? text : rewritten;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function entry(entries: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function toKind(name: string | undefined): Kind {
  return name === "sensor" || name === "tv" || name === "cooker" ? name : "generic";
}
