/** Answers in the coding that the viewer takes (RFC 9110 §8.4.1, §12.5.3): words of some length, and never what comes bit by bit. */

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Shorter ones fit into one packet anyway. */
const leastOctets = 1_024;
/** Of brotli: somebody waits for it. */
const quality = 5;
const words = /^(?:text\/html|text\/javascript|application\/(?:[a-z]+\+)?json)\b/;

/** The answer compressed, where that is asked for and worth it; whoever keeps answers is told that it depends on who asks. */
export async function coded(answer: Response, acceptEncoding: string | null): Promise<Response> {
  const { body, status, headers } = answer;
  const isCoded = headers.has("content-encoding");
  if (body === null || isCoded || !words.test(headers.get("content-type") ?? "")) return answer;
  headers.append("vary", "accept-encoding");
  const coding = ["br", "gzip"].find((name) => accepts(acceptEncoding, name));
  if (coding === undefined) return answer;
  const plain = await answer.bytes();
  const told = new Headers(headers);
  const shorter = plain.byteLength < leastOctets ? plain : await shortened(plain, coding);
  if (shorter !== plain) told.set("content-encoding", coding);
  told.delete("content-length");
  return new Response(shorter, { status, headers: told });
}

async function shortened(plain: Uint8Array, coding: string): Promise<Uint8Array<ArrayBuffer>> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.byteLength };
  return new Uint8Array(
    await (coding === "br" ? promisify(brotliCompress)(plain, { params }) : promisify(gzip)(plain)),
  );
}

/** Whether an encoding is named and not refused by `q=0`. */
export function accepts(acceptEncoding: string | null, name: string): boolean {
  return (acceptEncoding ?? "").split(",").some((entry) => {
    const [coding, ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    return coding === name && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
