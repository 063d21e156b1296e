/** What the events of a page add up to (contract/page.ts): the one reducer, at the gateway's feeds and in the browser alike. Pure. */

import type { DeviceId } from "./device.ts";
import type { PageDevice, PageEvent, PageStamp, Trouble } from "./page.ts";

export interface PageState extends PageStamp {
  readonly isLive: boolean;
  /** In the order in which they were found. */
  readonly devices: ReadonlyMap<DeviceId, PageDevice>;
  /** Absent where there is none. */
  readonly troubles?: readonly Trouble[];
}

/** Of one keeper, who hands no earlier state out: its devices are changed in place. */
export interface KeptPage extends PageState {
  readonly devices: Map<DeviceId, PageDevice>;
}

/** Before the first snapshot. */
export const emptyPage: PageState = { epoch: "", seq: 0, isLive: false, devices: new Map() };

/** An empty page of one's own. */
export function keptPage(epoch = ""): KeptPage {
  return { ...emptyPage, epoch, devices: new Map() };
}

/** Events of unknown devices and results change nothing but the stamp. */
export function applyPageEvent(state: PageState, event: PageEvent): PageState {
  return keepPageEvent({ ...state, devices: new Map(state.devices) }, event);
}

/**
 * The same for who keeps one state only: the state that was handed in is not to be used any more. At a gateway it is
 * one event for each value of each device, and a copy of all devices with each would be most of what a start costs.
 */
export function keepPageEvent({ isLive, devices, troubles }: KeptPage, event: PageEvent): KeptPage {
  const { epoch, seq } = event;
  const next = { epoch, seq, isLive, devices, ...some(troubles) };
  switch (event.type) {
    case "snapshot":
      return {
        ...{ epoch, seq, isLive: event.isLive, ...some(event.troubles) },
        devices: new Map(event.devices.map((device) => [device.id, device])),
      };
    case "live":
      return { ...next, isLive: event.isLive };
    case "troubles":
      return { epoch, seq, isLive, devices, ...some(event.troubles) };
    case "found":
      devices.set(event.device.id, event.device);
      return next;
    case "gone":
      devices.delete(event.device);
      return next;
    case "change": {
      const { property, value, at } = event;
      amend(devices, event.device, ({ values }) => ({ values: { ...values, [property]: { value, at } } }));
      return next;
    }
    case "availability": {
      const { available, at } = event;
      amend(devices, event.device, () => ({ available, availabilityAt: at }));
      return next;
    }
    case "result":
      return next;
  }
}

/** The state as the event that replaces whatever a viewer knew. */
export function pageSnapshot(state: PageState): PageEvent & { readonly type: "snapshot" } {
  const { epoch, seq, isLive, devices, troubles } = state;
  return { type: "snapshot", epoch, seq, isLive, devices: [...devices.values()], ...some(troubles) };
}

const some = (troubles: readonly Trouble[] = []): Pick<PageState, "troubles"> =>
  troubles.length === 0 ? {} : { troubles };

function amend(
  devices: Map<DeviceId, PageDevice>,
  id: DeviceId,
  change: (device: PageDevice) => Partial<PageDevice>,
): void {
  const device = devices.get(id);
  if (device !== undefined) devices.set(id, { ...device, ...change(device) });
}
