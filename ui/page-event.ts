/** Reads what the gateway tells the page (contract/page.ts). It is our own gateway, so only the shape of the frame is checked. */

import type { PageEvent } from "../gateway-core/contract/page.ts";
import { heardDevices, type ToldDevices } from "../gateway-core/contract/page-telling.ts";
import type { ServerEvent } from "./event-reader.ts";

const types: readonly string[] = ["snapshot", "found", "gone", "change", "availability", "result", "live", "troubles"];

/** Undefined for an event that stands outside of the sequence, or that a later gateway may send. */
export function parsePageEvent({ id = "", type, data }: ServerEvent): PageEvent | undefined {
  const [, epoch, seq] = /^(.+):(\d+)$/.exec(id) ?? [];
  if (epoch === undefined || !types.includes(type)) return undefined;
  if (type === "snapshot") return hearSnapshot(parseSnapshot(data));
  return { ...JSON.parse(data), type, epoch, seq: Number(seq) } as PageEvent;
}

type Snapshot = PageEvent & { readonly type: "snapshot" };
type ToldSnapshot = ToldDevices & Omit<Snapshot, "type" | "devices">;

/** The answer of `api/home`, and the data of the event. */
export const parseSnapshot = (text: string): ToldSnapshot => JSON.parse(text) as ToldSnapshot;

export function hearSnapshot(told: ToldSnapshot): Snapshot {
  const { epoch, seq, isLive, troubles = [] } = told;
  return { type: "snapshot", epoch, seq, isLive, devices: heardDevices(told), troubles };
}
