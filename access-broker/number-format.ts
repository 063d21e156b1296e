/** How the provider writes access numbers, `090-1234-XXXX`: X is any digit, everything else stands for itself. Pure. */

import { HomeError } from "../gateway-core/contract/errors.ts";

/** @throws HomeError `value-invalid` for a number that is written otherwise; without a format none is. */
export function assertInFormat(format: string | undefined, number: string): void {
  if (format === undefined || isInFormat(format, number)) return;
  throw new HomeError("value-invalid", `access numbers are written ${format} here, X being any digit`, { format });
}

const isInFormat = (format: string, number: string): boolean =>
  number.length === format.length &&
  [...format].every((sign, at) => (sign === "X" ? /^\d$/.test(number[at] ?? "") : sign === number[at]));

/** A number of the format; `fraction` gives one from 0 to below 1. */
export const numberOf = (format: string, fraction: () => number): string =>
  format.replace(/X/g, () => String(Math.floor(fraction() * 10)));
