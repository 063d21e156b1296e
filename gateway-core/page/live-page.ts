/** The page as the gateway knows it: a projection of the home, fed by the events that arrive over the flow's wire and nothing else. */

import type { Host, Timer } from "../contract/clock.ts";
import type { CommandResult, HomeEvent } from "../contract/messages.ts";
import type { PageEvent, PageStamp } from "../contract/page.ts";
import { applyPageEvent, emptyPage, pageSnapshot } from "../contract/page-state.ts";
import { buildPageDevice } from "./page-builder.ts";

/** How long after a deploy the page waits for its snapshot before it says that it gets no news. */
const rewiringMs = 1_000;

export interface LivePage {
  /** A snapshot makes the page live. */
  receive(event: HomeEvent): void;
  /** After a deploy: unless a snapshot follows within a moment, the page gets no news of the devices. */
  unwire(): void;
  /** Results of commands stand on the page whoever gave them. */
  reportResult(result: CommandResult): void;
  snapshot(): PageEvent & { readonly type: "snapshot" };
  onEvent(listener: (event: PageEvent) => void): () => void;
}

type Told = PageEvent extends infer Event ? (Event extends PageStamp ? Omit<Event, keyof PageStamp> : never) : never;

export function createLivePage({ host }: { readonly host: Host }): LivePage {
  const listeners = new Set<(event: PageEvent) => void>();
  let state = { ...emptyPage, epoch: host.ids.fresh() };
  let rewiring: Timer | undefined;

  const tell = (told: Told): void => {
    const event: PageEvent = { ...told, epoch: state.epoch, seq: state.seq + 1 };
    state = applyPageEvent(state, event);
    for (const listener of listeners) listener(event);
  };

  return {
    receive(event) {
      switch (event.type) {
        case "snapshot":
          rewiring?.cancel();
          return tell({ type: "snapshot", isLive: true, devices: event.devices.map(buildPageDevice) });
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
      rewiring?.cancel();
      if (!state.isLive) return;
      rewiring = host.clock.after(rewiringMs, () => tell({ type: "live", isLive: false }));
    },
    reportResult: (result) => tell({ type: "result", result }),
    snapshot: () => pageSnapshot(state),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
