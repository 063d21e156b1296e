/** The station that finds the devices of one protocol: tells each sighting as it comes, and all of them after every deploy. */

import type { Log } from "./contract/clock.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import type { DiscoveryEvent } from "./contract/messages.ts";
import type { StationStatus } from "./contract/station.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { SharedSession } from "./shared-session.ts";
import type { Plan } from "./station.ts";

/** An adapter as the gateway has it. */
export interface JoinedAdapter {
  readonly protocol: string;
  readonly session: SharedSession;
  readonly discovery: Plan<never>;
}

/** Shows how it is now and whenever that changes, until the function returned is called. */
export type ShowStatus = (show: (status: StationStatus) => void) => () => void;

/** @param showStatus of what it shows when open, where that is more than "open" */
export function discoveryPlan(
  protocol: string,
  shared: SharedSession,
  { log, search }: { readonly log: Log; readonly search: Pick<SearchAnew, "join"> },
  showStatus: ShowStatus = () => () => undefined,
): Plan<never> {
  return {
    name: `discovery:${protocol}`,
    parse: refuse,
    async open(send, show) {
      const leaving = new AbortController();
      const session = await shared.take();
      const seen = new Map<string, DiscoveryEvent & { type: "sighting" }>();
      const following = follow(session.discover({ signal: leaving.signal, active: true }), (sighting) => {
        if (sighting.gone) seen.delete(sighting.ref.id);
        else seen.set(sighting.ref.id, { type: "sighting", sighting });
        send({ type: "sighting", sighting } satisfies DiscoveryEvent);
      }).catch((thrown) => log.write("error", "discovery-failed", { error: toHomeError(thrown).toBody() }));
      const leave = search.join(session);
      const stopShowing = showStatus(show);
      return {
        snapshots: (): readonly DiscoveryEvent[] => [
          { type: "sightings", sightings: [...seen.values()].map(({ sighting }) => sighting) },
        ],
        async close() {
          stopShowing();
          leave();
          leaving.abort();
          await following;
          await shared.give();
        },
      };
    },
  };
}

function refuse(): never {
  throw new HomeError("flow-invalid", "nothing enters a discovery node");
}

/** Hands each item on until the iterable ends. */
async function follow<T>(items: AsyncIterable<T>, take: (item: T) => void): Promise<void> {
  for await (const item of items) take(item);
}
