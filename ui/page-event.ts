/** Reads what the gateway tells the page (contract/page.ts). It is our own gateway, so only the shape of the frame is checked. */

import type { PageEvent } from "../gateway-core/contract/page.ts";
import type { ServerEvent } from "./event-reader.ts";

const types: readonly string[] = ["snapshot", "found", "gone", "change", "availability", "result", "live"];

/** Undefined for an event that stands outside of the sequence, or that a later gateway may send. */
export function parsePageEvent({ id = "", type, data }: ServerEvent): PageEvent | undefined {
  const [, epoch, seq] = /^(.+):(\d+)$/.exec(id) ?? [];
  if (epoch === undefined || !types.includes(type)) return undefined;
  return { ...JSON.parse(data), type, epoch, seq: Number(seq) } as PageEvent;
}
