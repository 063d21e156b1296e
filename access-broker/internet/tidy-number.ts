/** An access number as people type it. Pure. */

/** Full-width digits, long dashes and spaces are no part of it. */
export function tidyNumber(typed: string): string {
  return typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\u200b]/g, "")
    .replace(/[\u2010-\u2015\u2212\u30fc]/g, "-");
}
