/** Keeps the retained topics of a remote namespace equal to what the home tells over its control link, within bounds: a gateway is believed only so far. */

import type { RemoteUp } from "../../gateway-core/contract/remote-link.ts";
import { homeTopics } from "../../gateway-core/contract/topics.ts";

/** Retained topics of one home, and the octets in them: they stay in memory. */
const mostTopics = 5_000;
const mostOctets = 4 * 1024 * 1024;

export interface Mirror {
  hear(message: RemoteUp): void;
  /** The home is away: its status says so, and the rest stays as it was known last. */
  setAway(): void;
}

export function createMirror(
  publish: (topic: string, payload: string, isRetained: boolean) => void,
  onRefused: (reason: string) => void,
): Mirror {
  const octets = new Map<string, number>();
  let total = 0;
  /** Topics that the snapshot under way has not named yet. */
  let unnamed: Set<string> | undefined;

  function retain(topic: string, payload: string): void {
    const size = Buffer.byteLength(payload);
    const before = octets.get(topic);
    const next = total - (before ?? 0) + size;
    if (payload !== "" && (next > mostOctets || (before === undefined && octets.size >= mostTopics))) {
      onRefused("more retained topics than a home may have");
      return;
    }
    unnamed?.delete(topic);
    total = next;
    if (payload === "") octets.delete(topic);
    else octets.set(topic, size);
    publish(topic, payload, true);
  }

  return {
    hear({ topic, body }) {
      if (topic === "up/home") {
        if (body.isRetained) retain(body.topic, body.payload);
        else publish(body.topic, body.payload, false);
      } else if (body.end === "first") unnamed = new Set(octets.keys());
      else {
        for (const gone of unnamed ?? []) retain(gone, "");
        unnamed = undefined;
      }
    },
    setAway: () => retain(homeTopics.status, "offline"),
  };
}
