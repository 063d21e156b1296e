/** Reads the ECHONET Lite Object Database (Release C): one CSV for each class and language, its ranges in free text. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { parseCsv } from "./csv.ts";
import { nameOf } from "./name.ts";
import { parseData } from "./parse-data.ts";
import type { SourceClass, SourceProperty } from "./source.ts";
import { readValueText } from "./value-text.ts";

/** Of every device alike, and better told by the super class. */
const operationStatus = "0x80";

/** @throws HomeError `import-invalid` for a file without a class. */
export function readObjectDatabaseClass(eojClass: string, english: string, japanese: string): SourceClass {
  const [en, ja] = [parseCsv(english), parseCsv(japanese)];
  const [titleEn, titleJa] = [en[1]?.[0], ja[1]?.[0]];
  if (!titleEn || !titleJa) throw new HomeError("import-invalid", `${eojClass} has no class in it`);
  const japaneseRows = new Map(ja.map((row) => [row[0], row]));
  return {
    eojClass: `0x${eojClass.slice(2).toUpperCase()}`,
    titles: { en: titleEn, ja: titleJa.normalize("NFKC") },
    properties: en
      .filter(([epc = ""]) => /^0x[0-9A-F]{2}$/.test(epc) && epc !== operationStatus)
      .map((row) => readProperty(row, japaneseRows.get(row[0]) ?? [])),
  };
}

function readProperty(row: readonly string[], japanese: readonly string[]): SourceProperty {
  const [
    epc = "",
    title = "",
    ,
    en = "",
    unit = "",
    type = "",
    size = "",
    announced = "",
    set = "",
    get = "",
    inf = "",
  ] = row;
  const [, titleJa = "", , ja = ""] = japanese;
  const titleEn = title
    .replaceAll(/[\u201c\u201d\u2018\u2019]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const octets = /^\d+$/.test(size) ? Number(size) : undefined;
  const data = readValueText({ en, ja, unit, type, octets }) ?? rawOf(size);
  const isSettable = isAllowed(set);
  return {
    epc,
    name: nameOf(titleEn) || undefined,
    titles: { en: titleEn, ja: titleJa === "" ? titleEn : titleJa.normalize("NFKC") },
    isReadable: isAllowed(get) || !isSettable,
    isSettable,
    isObservable: inf.startsWith("mandatory") || announced.startsWith("mandatory"),
    data: parseData(data, {}),
  };
}

/** "12" octets, "<= 225" octets. */
function rawOf(size: string): { type: "raw"; minSize: number; maxSize: number } {
  const most = Math.min(255, Number(/\d+/.exec(size)?.[0] ?? 255));
  return { type: "raw", minSize: size.includes("<") ? 1 : most, maxSize: most };
}

const isAllowed = (rule: string): boolean => /mandatory|optional/.test(rule);
