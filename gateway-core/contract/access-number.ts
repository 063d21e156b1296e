/** The access number of a home: its address at the access broker, and a label of its host name (docs/interfaces.md, origins). */

import { HomeError } from "./errors.ts";

/** `[a-z0-9-]{3,40}`, usable as a DNS label (RFC 1123), such as `090-1234-5678`. */
export type AccessNumber = string;

/**
 * Stands in the place of a number for the provider's own people, in the authentication table and in the audit. No access
 * number has this form: no home, no origin, no topic and no certificate is theirs.
 */
export const providerDesk = "_provider";

const form = /^(?!..--)[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/;

/** Labels under the provider's host that are no homes: `link` is the access broker's own name towards gateways. */
export const linkLabel = "link";
const reserved: ReadonlySet<string> = new Set([linkLabel, "www"]);

export function isAccessNumber(input: unknown): input is AccessNumber {
  return typeof input === "string" && form.test(input) && !reserved.has(input);
}

/** @throws HomeError `value-invalid` */
export function parseAccessNumber(input: unknown): AccessNumber {
  if (isAccessNumber(input)) return input;
  throw new HomeError(
    "value-invalid",
    "an access number has 3 to 40 of the characters a-z, 0-9 and -, and begins and ends with a letter or digit",
  );
}

/** The name of a home in its gateway's certificate: the only subject alternative name there. */
export function homeUrn(number: AccessNumber): string {
  return `urn:genkan:home:${number}`;
}

/** Reads `urn:genkan:home:<number>`; undefined for anything else. */
export function numberOfUrn(urn: string): AccessNumber | undefined {
  const number = urn.slice(homeUrn("").length);
  return isAccessNumber(number) && urn === homeUrn(number) ? number : undefined;
}

/**
 * How the provider writes access numbers, `090-1234-XXXX`: X is any digit, everything else stands for itself. Without a
 * format none is written otherwise.
 * @throws HomeError `value-invalid`
 */
export function assertInFormat(format: string | undefined, number: AccessNumber): void {
  const isWritten = (sign: string, at: number): boolean =>
    sign === "X" ? /^\d$/.test(number[at] ?? "") : sign === number[at];
  if (format === undefined || (number.length === format.length && [...format].every(isWritten))) return;
  throw new HomeError("value-invalid", `access numbers are written ${format} here, X being any digit`, { format });
}

/** A number of the format; `fraction` gives one from 0 to below 1. */
export function numberOfFormat(format: string, fraction: () => number): AccessNumber {
  return format.replace(/X/g, () => String(Math.floor(fraction() * 10)));
}
