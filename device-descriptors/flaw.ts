/** One thing that is wrong with a descriptor, and where. */

export interface Flaw {
  /** A JSON pointer (RFC 6901) into the descriptor. */
  readonly path: string;
  readonly message: string;
}

export function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
