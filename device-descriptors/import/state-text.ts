/** Reads states in free text, in both languages at once: "ON=0x30, OFF=0x31", "0x30: city gas 0x31: LP gas". Pure. */

import { nameOf } from "./name.ts";

export interface StateText {
  readonly edt: string;
  readonly name: string;
  readonly en: string;
  readonly ja: string;
}

const code = /0x([0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2})?)(?![0-9A-Fa-f~])/g;

/** Undefined unless both languages name the same codes, each with a label. */
export function readStates({ en, ja }: { readonly en: string; readonly ja: string }): readonly StateText[] | undefined {
  const [english, japanese] = [labelsIn(en), labelsIn(ja)];
  const isSame = english.size === japanese.size && [...english.keys()].every((edt) => japanese.has(edt));
  if (english.size === 0 || !isSame) return undefined;
  const states = [...english].map(([edt, label]) => ({
    edt,
    name: nameOf(label),
    en: label,
    ja: japanese.get(edt) ?? "",
  }));
  const isNamed = states.every(({ name, ja: label }) => name !== "" && label !== "");
  const isDistinct = new Set(states.map(({ name }) => name)).size === states.length;
  return isNamed && isDistinct ? withBooleans(states) : undefined;
}

/** Codes and their labels: these stand before their codes, or after them where the text starts with a code. */
function labelsIn(text: string): Map<string, string> {
  const pieces = text.split(code);
  const isCodeFirst = clean(pieces[0] ?? "") === "";
  const labels = new Map<string, string>();
  for (let index = 1; index < pieces.length; index += 2) {
    const label = clean(pieces[isCodeFirst ? index + 1 : index - 1] ?? "");
    const edt = `0x${(pieces[index] ?? "").toUpperCase()}`;
    if (!labels.has(edt) && !/reserved/.test(label)) labels.set(edt, label);
  }
  return labels;
}

function clean(label: string): string {
  return label
    .replace(/^The following values shall be used:/, "")
    .replaceAll(/[\u201c\u201d\u2018\u2019"]/g, "")
    .replace(/^[\s,;:=.、，・/]+/, "")
    .replace(/[\s,;:=、，・/]+$/, "")
    .trim();
}

const denials = new Set(["not", "no", "non", "off", "un", "disabled", "unlocked", "deactivated"]);

/** Two states of which the second denies the first are true and false: "Emission ON", "OFF"; "locked", "unlocked". */
function withBooleans(states: readonly StateText[]): readonly StateText[] {
  const [first, second] = states;
  if (states.length !== 2 || first === undefined || second === undefined) return states;
  const [affirming, denying] = [wordsIn(first.en), wordsIn(second.en)];
  const own = [...denying].filter((word) => !affirming.has(word));
  const isDenial = own.length > 0 && own.every((word) => denials.has(word));
  const isAffirming = [...affirming].every((word) => denying.has(word) || !denials.has(word));
  return isDenial && isAffirming
    ? [
        { ...first, name: "true" },
        { ...second, name: "false" },
      ]
    : states;
}

function wordsIn(label: string): Set<string> {
  return new Set(
    label
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean),
  );
}
