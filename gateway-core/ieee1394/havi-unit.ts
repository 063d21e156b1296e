/** The HAVi unit that this machine's configuration ROM announces, so that other controllers find an IAV in it (HAVi 1.1, SDD data, as reconstructed). */

import own from "./havi/own-unit.json" with { type: "json" };
import { encodeUnit } from "./rom-descriptor.ts";
import { octetOf, textOf } from "./table-json.ts";

export const haviUnit = encodeUnit(
  own.entries.map(({ key, value, text }) =>
    text === undefined ? { key: octetOf(key), value: Number.parseInt(textOf(value), 16) } : { text },
  ),
);
