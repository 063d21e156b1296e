/** What a source begins with: enough octets to tell what it sends. */

import { joinOctets } from "../bytes/join-octets.ts";
import { formOctets, type StreamStart, streamStartOf } from "../bytes/source-form.ts";
import { sourceTrouble } from "./source-trouble.ts";

export interface SourceHead {
  readonly start: StreamStart;
  /** All that was read so far. */
  readonly octets: Uint8Array;
}

/** @throws HomeError nothing comes, or it is no stream, and what reading throws */
export async function readHead(read: () => Promise<Uint8Array | undefined>): Promise<SourceHead> {
  let octets: Uint8Array = new Uint8Array(0);
  while (octets.length < formOctets) {
    const next = await read();
    if (next === undefined) break;
    octets = joinOctets(octets, next);
  }
  if (octets.length === 0) throw sourceTrouble("silent");
  try {
    return { start: streamStartOf(octets), octets };
  } catch (cause) {
    throw sourceTrouble("no-picture", cause);
  }
}
