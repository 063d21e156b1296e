/** Reads what the gateway tells the page (contract/page.ts). It is our own gateway, so only the shape of the frame is checked. */

import type { PageEvent } from "../gateway-core/contract/page.ts";
import { heardDevices, type ToldDevices } from "../gateway-core/contract/page-telling.ts";
import type { ServerEvent } from "./event-reader.ts";

const types: readonly string[] = ["snapshot", "found", "gone", "change", "availability", "result", "live"];

/** Undefined for an event that stands outside of the sequence, or that a later gateway may send. */
export function parsePageEvent({ id = "", type, data }: ServerEvent): PageEvent | undefined {
  const [, epoch, seq] = /^(.+):(\d+)$/.exec(id) ?? [];
  if (epoch === undefined || !types.includes(type)) return undefined;
  if (type === "snapshot") return parseSnapshot(data);
  return { ...JSON.parse(data), type, epoch, seq: Number(seq) } as PageEvent;
}

/** The answer of `api/home`, and the data of the event. */
export function parseSnapshot(text: string): PageEvent {
  const told = JSON.parse(text) as ToldDevices & Omit<PageEvent & { readonly type: "snapshot" }, "type" | "devices">;
  const { epoch, seq, isLive } = told;
  return { type: "snapshot", epoch, seq, isLive, devices: heardDevices(told) };
}
