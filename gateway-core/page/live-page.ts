/** The page as the gateway knows it: a projection of the home, fed by the events that arrive over the flow's wire and nothing else. */

import type { Host } from "../contract/clock.ts";
import { isSameJson } from "../contract/json.ts";
import type { CommandResult, HomeEvent } from "../contract/messages.ts";
import type { PageEvent, PageStamp, Trouble } from "../contract/page.ts";
import { keepPageEvent, keptPage, pageSnapshot } from "../contract/page-state.ts";
import { buildPageDevice } from "./page-builder.ts";

export interface LivePage {
  /** A snapshot makes the page live. */
  receive(event: HomeEvent): void;
  /** No wire brings news of the devices any more: the page keeps what it knows, and says so until a snapshot comes. */
  unwire(): void;
  /** Results of commands stand on the page whoever gave them. */
  reportResult(result: CommandResult): void;
  /** All protocols whose devices cannot be reached now; the same again is no news. */
  reportTroubles(troubles: readonly Trouble[]): void;
  snapshot(): PageEvent & { readonly type: "snapshot" };
  onEvent(listener: (event: PageEvent) => void): () => void;
}

type Told = PageEvent extends infer Event ? (Event extends PageStamp ? Omit<Event, keyof PageStamp> : never) : never;

export function createLivePage({ host }: { readonly host: Host }): LivePage {
  const listeners = new Set<(event: PageEvent) => void>();
  let state = keptPage(host.ids.fresh());

  const tell = (told: Told): void => {
    const event: PageEvent = { ...told, epoch: state.epoch, seq: state.seq + 1 };
    state = keepPageEvent(state, event);
    for (const listener of listeners) listener(event);
  };

  return {
    receive(event) {
      switch (event.type) {
        case "snapshot": {
          // Of the protocols the wire tells nothing.
          const { troubles } = state;
          const known = troubles === undefined ? {} : { troubles };
          return tell({ type: "snapshot", isLive: true, devices: event.devices.map(buildPageDevice), ...known });
        }
        case "found":
          return tell({ type: "found", device: buildPageDevice(event.device) });
        case "changed": {
          const { device, property, value, at } = event;
          return tell({ type: "change", device, property, value, at });
        }
        case "availability": {
          const { device, available, at } = event;
          return tell({ type: "availability", device, available, at });
        }
        case "gone":
          return tell({ type: "gone", device: event.device });
        case "event":
          return; // A device's momentary events have no place on the page.
      }
    },
    unwire() {
      if (state.isLive) tell({ type: "live", isLive: false });
    },
    reportTroubles(troubles) {
      if (!isSameJson(troubles, state.troubles ?? [])) tell({ type: "troubles", troubles });
    },
    reportResult: (result) => tell({ type: "result", result }),
    snapshot: () => pageSnapshot(state),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
