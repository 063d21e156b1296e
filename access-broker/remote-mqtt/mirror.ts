/** Keeps the retained topics of a remote namespace equal to what the home tells over its control link, within bounds: a gateway is believed only so far. */

import type { RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { homeTopics } from "../../gateway-core/contract/topics.ts";

/** Retained topics of one home, and the octets in them: they stay in memory. A home of 200 devices has 8 400 and 8.8 MB. */
const mostTopics = 25_000;
const mostOctets = 24 * 1024 * 1024;

export interface Mirror {
  /** What is retained now, by the home's own topics. */
  readonly retained: ReadonlyMap<string, string>;
  hear(message: RemoteUp): void;
  /** The home is away: its status says so, and the rest stays as it was known last. */
  setAway(): void;
}

export interface MirrorViews {
  /** To whoever looks now; what is retained changed already. An empty retained payload clears its topic. */
  publish(topic: string, payload: string): void;
  /** What is retained of the topic, to whoever looks now, when they can take it. */
  tell(topic: string): void;
}

export function createMirror({ publish, tell }: MirrorViews, onRefused: (reason: string) => void): Mirror {
  const retained = new Map<string, string>();
  let total = 0;
  /** Topics that the snapshot under way has not named yet. */
  let unnamed: Set<string> | undefined;

  function retain(topic: string, payload: string): void {
    const before = retained.get(topic);
    const next = total - octetsOf(before ?? "") + octetsOf(payload);
    if (payload !== "" && (next > mostOctets || (before === undefined && retained.size >= mostTopics))) {
      onRefused("more retained topics than a home may have");
      return;
    }
    unnamed?.delete(topic);
    total = next;
    if (payload === "") retained.delete(topic);
    else retained.set(topic, payload);
    // All of a home at once is more than a visitor may leave unread.
    if (unnamed !== undefined && payload !== "") tell(topic);
    else publish(topic, payload);
  }

  return {
    retained,
    hear({ topic, body }) {
      if (topic === "up/home") {
        if (body.isRetained) retain(body.topic, body.payload);
        else publish(body.topic, body.payload);
      } else if (body.end === "first") unnamed = new Set(retained.keys());
      else {
        for (const gone of unnamed ?? []) retain(gone, "");
        unnamed = undefined;
      }
    },
    setAway: () => retain(homeTopics.status, "offline"),
  };
}

const octetsOf = (text: string): number => Buffer.byteLength(text);
