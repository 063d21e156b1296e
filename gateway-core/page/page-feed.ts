/** The events of the page for one audience (LAN, or remote): a projection fed over a wire, a ring for those who come back, a stream for each viewer. */

import type { Host } from "../contract/clock.ts";
import type { PageEvent } from "../contract/page.ts";
import { keepPageEvent, keptPage, type PageState, pageSnapshot } from "../contract/page-state.ts";
import { encodePageEvent, parseEventId, resetEvent } from "./event-stream.ts";
import { ViewerStream } from "./viewer-stream.ts";

export interface PageFeed {
  /** The first snapshot offers the page. What is older than what is known already is ignored: anybody may wire twice. */
  receive(event: PageEvent): void;
  /** No wire leads here any more: the page is not offered, and its viewers are let go. */
  unwire(): void;
  readonly isOffered: boolean;
  readonly state: PageState;
  snapshot(): PageEvent & { readonly type: "snapshot" };
  /** What a viewer missed since `lastEventId`, else a snapshot (after `reset`, when it asked in vain), then every event. */
  open(lastEventId: string | undefined, signal: AbortSignal): ReadableStream<Uint8Array>;
}

export interface PageFeedOptions {
  readonly host: Host;
  /** How many events are kept for those who come back. */
  readonly ring?: number;
}

export function createPageFeed({ host, ring: ringSize = 1_000 }: PageFeedOptions): PageFeed {
  const viewers = new Set<ViewerStream>();
  let state = keptPage();
  let isOffered = false;
  /** Of one epoch, without gaps, up to `state.seq`. */
  let ring: { readonly seq: number; readonly octets: Uint8Array }[] = [];

  function send(event: PageEvent): void {
    const octets = encodePageEvent(event);
    ring.push({ seq: event.seq, octets });
    if (ring.length > ringSize) ring.shift();
    for (const viewer of viewers) viewer.send(octets);
  }

  /** What the viewer lacks; undefined when the ring does not reach back so far. */
  function missedSince(lastEventId: string): Uint8Array[] | undefined {
    const last = parseEventId(lastEventId);
    if (last?.epoch !== state.epoch || last.seq > state.seq) return undefined;
    const oldest = ring[0]?.seq ?? state.seq + 1;
    if (last.seq + 1 < oldest) return undefined;
    return ring.filter(({ seq }) => seq > last.seq).map(({ octets }) => octets);
  }

  const snapshot = () => pageSnapshot(state);

  return {
    receive(event) {
      const isSameEpoch = event.epoch === state.epoch;
      const isSnapshot = event.type === "snapshot";
      if (!isSnapshot && (!isOffered || !isSameEpoch)) return;
      if (isSameEpoch && event.seq < state.seq + (isSnapshot ? 0 : 1)) return;
      const isRepeated = isSameEpoch && event.seq === state.seq;
      if (!isSameEpoch || event.seq > state.seq + 1) ring = [];
      state = keepPageEvent(state, event);
      isOffered = true;
      if (!isRepeated) send(event);
    },
    unwire() {
      isOffered = false;
      for (const viewer of [...viewers]) viewer.close();
    },
    get isOffered() {
      return isOffered;
    },
    get state() {
      return state;
    },
    snapshot,
    open(lastEventId, signal) {
      const missed = lastEventId === undefined ? undefined : missedSince(lastEventId);
      const whole = lastEventId === undefined ? [] : [resetEvent];
      const first = missed ?? [...whole, encodePageEvent(snapshot())];
      const viewer: ViewerStream = new ViewerStream({
        clock: host.clock,
        first,
        signal,
        onClose: () => void viewers.delete(viewer),
      });
      viewers.add(viewer);
      if (signal.aborted) viewer.close();
      return viewer.body;
    },
  };
}
