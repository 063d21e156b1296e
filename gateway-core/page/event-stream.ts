/** Page events as server-sent events (HTML Living Standard, 9.2; shapes: docs/interfaces.md). Pure. */

import type { PageEvent, PageStamp } from "../contract/page.ts";
import { tellDevices } from "../contract/page-telling.ts";

const utf8 = new TextEncoder();

type Snapshot = PageEvent & { readonly type: "snapshot" };

/** The id is `<epoch>:<seq>`; the data is the event without what its id and name say already, but a snapshot keeps its stamp. */
export function encodePageEvent(event: PageEvent): Uint8Array {
  const { epoch, seq } = event;
  const told = JSON.stringify(event.type === "snapshot" ? tellSnapshot(event) : withoutStamp(event));
  return utf8.encode(`id: ${epoch}:${seq}\nevent: ${event.type}\ndata: ${told}\n\n`);
}

/** A snapshot as all are told it, as an event and as an answer alike. */
export function tellSnapshot({ type: _, devices, ...snapshot }: Snapshot) {
  return { ...snapshot, ...tellDevices(devices) };
}

const withoutStamp = ({ type: _, epoch: __, seq: ___, ...data }: PageEvent): object => data;

/** Tells a viewer that what it knows is void: a snapshot follows. */
export const resetEvent: Uint8Array = utf8.encode("event: reset\ndata: {}\n\n");

/** Keeps the connection, and the viewer's trust in it. */
export const keepAlive: Uint8Array = utf8.encode(":\n\n");

/** Reads a Last-Event-ID; undefined when it is none of ours. */
export function parseEventId(id: string): PageStamp | undefined {
  const [, epoch, seq] = /^([A-Za-z0-9_-]+):(\d{1,15})$/.exec(id) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}
