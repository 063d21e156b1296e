/** Comma-separated values with quoted fields that may hold commas, quotes and line ends (RFC 4180). Pure. */

export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.replace(/^\uFEFF/, "").matchAll(fields)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== undefined && end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.some((field) => field !== ""));
}

const fields = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\r|$)/g;
