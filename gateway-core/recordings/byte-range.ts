/** The part of a file that a request asks for (RFC 9110, 14.1.2 and 13.1.5). Pure. */

export interface ByteRange {
  readonly first: number;
  /** Of it too. */
  readonly last: number;
}

/** What If-Range is held against. */
export interface Validators {
  /** Strong. */
  readonly etag: string;
  readonly lastModified: string;
}

/** Undefined for the whole: where none is asked for, several are, or the file is another one by now. */
export function rangeOf(headers: Headers, length: number, is: Validators): ByteRange | "unsatisfiable" | undefined {
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange !== is.etag && ifRange !== is.lastModified) return undefined;
  const form = /^bytes=(?:(?<first>\d{1,15})-(?<last>\d{1,15})?|-(?<suffix>\d{1,15}))$/i;
  const asked = form.exec(headers.get("range")?.trim() ?? "")?.groups;
  if (asked === undefined) return undefined;
  const { suffix } = asked;
  if (suffix !== undefined) return within(Math.max(0, length - Number(suffix)), length - 1, length);
  const [first, last] = [Number(asked["first"]), Number(asked["last"] ?? length - 1)];
  if (asked["last"] !== undefined && last < first) return undefined;
  return within(first, Math.min(last, length - 1), length);
}

function within(first: number, last: number, length: number): ByteRange | "unsatisfiable" {
  return first < length && first <= last ? { first, last } : "unsatisfiable";
}
