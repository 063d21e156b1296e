/** Content codings of answers (RFC 9110 §8.4, §12.5.3), and entity tags (§8.8.3, §13.1.2). */

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip" | "identity";

/** Smaller ones gain nothing. */
const leastOctets = 256;
/** Of brotli: a page is compressed while somebody waits for it. */
const quality = 5;

/** What is named and not refused by `q=0`, the smallest first. */
export function encodingFor(acceptEncoding: string | null): Encoding {
  const isTaken = (wanted: string): boolean =>
    (acceptEncoding ?? "").split(",").some((entry) => {
      const [coding, ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
      return coding === wanted && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
  return isTaken("br") ? "br" : isTaken("gzip") ? "gzip" : "identity";
}

export interface Encoded {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly encoding: Encoding;
}

/** The body in a coding, or as it is where that is no shorter. */
export async function encode(body: Uint8Array<ArrayBuffer>, encoding: Encoding): Promise<Encoded> {
  if (encoding === "identity" || body.length < leastOctets) return { body, encoding: "identity" };
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  const shorter = encoding === "br" ? await promisify(brotliCompress)(body, { params }) : await promisify(gzip)(body);
  return shorter.length < body.length ? { body: new Uint8Array(shorter), encoding } : { body, encoding: "identity" };
}

/** Whether `If-None-Match` names the tag; compared weakly, as a GET asks. */
export function isNamed(ifNoneMatch: string | null, etag: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, "");
  const named = (ifNoneMatch ?? "").split(",").map(plain);
  return named.includes(plain(etag)) || named.includes("*");
}
