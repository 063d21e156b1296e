/** The viewers of one feed who were granted the same: what they are told is narrowed and encoded once for all of them. */

import type { Grant } from "../contract/grant.ts";
import type { PageEvent } from "../contract/page.ts";
import { type PageState, pageSnapshot } from "../contract/page-state.ts";
import { encodePageEvent } from "./event-stream.ts";
import { grantedEvent, grantedState } from "./granted-event.ts";
import type { ViewerStream } from "./viewer-stream.ts";

/** An event of the feed, as it is told to who may see all of it. */
export interface ToldEvent {
  readonly event: PageEvent;
  readonly octets: Uint8Array;
}

export interface Audience {
  readonly viewers: Set<ViewerStream>;
  /** Undefined when none of it is for them. */
  octetsOf(told: ToldEvent): Uint8Array | undefined;
  /** The whole of what they may see now. */
  snapshotOf(state: PageState): Uint8Array;
}

export function createAudience(grant: Grant): Audience {
  /** Of those that were narrowed, for as long as the feed keeps them. */
  const own = new WeakMap<PageEvent, Uint8Array>();
  let last: { readonly of: PageState; readonly octets: Uint8Array } | undefined;

  return {
    viewers: new Set(),
    octetsOf({ event, octets: whole }) {
      const known = own.get(event);
      if (known !== undefined) return known;
      const granted = grantedEvent(event, grant);
      if (granted === undefined) return undefined;
      if (granted === event) return whole;
      const octets = encodePageEvent(granted);
      own.set(event, octets);
      return octets;
    },
    snapshotOf(state) {
      if (last?.of !== state) last = { of: state, octets: encodePageEvent(pageSnapshot(grantedState(state, grant))) };
      return last.octets;
    },
  };
}

/** The same for all who see the same: when they may see it is another matter. */
export const audienceOf = ({ devices }: Grant): string => JSON.stringify(devices);
