/** The events of the page for one audience (LAN, or remote): a projection fed over a wire, a ring for those who come back, a stream for each viewer. */

import type { Host } from "../contract/clock.ts";
import type { Grant } from "../contract/grant.ts";
import { isWindowOpen } from "../contract/grant-window.ts";
import type { PageEvent } from "../contract/page.ts";
import { keepPageEvent, keptPage, type PageState } from "../contract/page-state.ts";
import { type Audience, audienceOf, createAudience, type ToldEvent } from "./audience.ts";
import { encodePageEvent, parseEventId, resetEvent } from "./event-stream.ts";
import { ViewerStream } from "./viewer-stream.ts";

export interface PageFeed {
  /** The first snapshot offers the page. What is older than what is known already is ignored: anybody may wire twice. */
  receive(event: PageEvent): void;
  /** No wire leads here any more: the page is not offered, and its viewers are let go. */
  unwire(): void;
  readonly isOffered: boolean;
  readonly state: PageState;
  /**
   * What a viewer missed since `lastEventId`, else a snapshot (after `reset`, when it asked in vain), then every event;
   * of all that only what was granted, for as long as the grant's window is open.
   */
  open(viewer: FeedViewer): ReadableStream<Uint8Array>;
}

export interface FeedViewer {
  readonly lastEventId: string | undefined;
  readonly grant: Grant;
  /** Aborts when the viewer leaves. */
  readonly signal: AbortSignal;
}

export interface PageFeedOptions {
  readonly host: Host;
  /** How many events are kept for those who come back. */
  readonly ring?: number;
}

export function createPageFeed({ host, ring: ringSize = 1_000 }: PageFeedOptions): PageFeed {
  /** Only those with viewers. */
  const audiences = new Map<string, Audience>();
  let state = keptPage();
  let isOffered = false;
  /** Of one epoch, without gaps, up to `state.seq`. */
  let ring: ToldEvent[] = [];

  function send(event: PageEvent): void {
    const told = { event, octets: encodePageEvent(event) };
    ring.push(told);
    if (ring.length > ringSize) ring.shift();
    for (const { viewers, octetsOf } of audiences.values()) {
      const octets = octetsOf(told);
      if (octets !== undefined) for (const viewer of viewers) viewer.send(octets);
    }
  }

  /** What the viewer lacks; undefined when the ring does not reach back so far. */
  function missedSince(lastEventId: string, { octetsOf }: Audience): Uint8Array[] | undefined {
    const last = parseEventId(lastEventId);
    if (last?.epoch !== state.epoch || last.seq > state.seq) return undefined;
    const oldest = ring[0]?.event.seq ?? state.seq + 1;
    if (last.seq + 1 < oldest) return undefined;
    return ring.filter(({ event }) => event.seq > last.seq).flatMap((told) => octetsOf(told) ?? []);
  }

  function enter(viewer: ViewerStream, audience: Audience, key: string): void {
    audience.viewers.add(viewer);
    audiences.set(key, audience);
  }

  function leave(viewer: ViewerStream, audience: Audience, key: string): void {
    audience.viewers.delete(viewer);
    if (audience.viewers.size === 0 && audiences.get(key) === audience) audiences.delete(key);
  }

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
      const all = [...audiences.values()].flatMap(({ viewers }) => [...viewers]);
      for (const viewer of all) viewer.close();
    },
    get isOffered() {
      return isOffered;
    },
    get state() {
      return state;
    },
    open({ lastEventId, grant, signal }) {
      const key = audienceOf(grant);
      const audience = audiences.get(key) ?? createAudience(grant);
      const missed = lastEventId === undefined ? undefined : missedSince(lastEventId, audience);
      const whole = lastEventId === undefined ? [] : [resetEvent];
      const viewer: ViewerStream = new ViewerStream({
        clock: host.clock,
        first: missed ?? [...whole, audience.snapshotOf(state)],
        signal,
        mayStay: () => isWindowOpen(grant.window, host.clock.now()),
        onClose: () => leave(viewer, audience, key),
      });
      enter(viewer, audience, key);
      if (signal.aborted) viewer.close();
      return viewer.body;
    },
  };
}
