/** What the events of a page add up to (contract/page.ts): the one reducer, at the gateway's feeds and in the browser alike. Pure. */

import type { DeviceId } from "./device.ts";
import type { PageDevice, PageEvent, PageStamp } from "./page.ts";

export interface PageState extends PageStamp {
  readonly isLive: boolean;
  /** In the order in which they were found. */
  readonly devices: ReadonlyMap<DeviceId, PageDevice>;
}

/** Before the first snapshot. */
export const emptyPage: PageState = { epoch: "", seq: 0, isLive: false, devices: new Map() };

/** Events of unknown devices and results change nothing but the stamp. */
export function applyPageEvent(state: PageState, event: PageEvent): PageState {
  const { epoch, seq } = event;
  const next = { ...state, epoch, seq };
  switch (event.type) {
    case "snapshot":
      return { ...next, isLive: event.isLive, devices: new Map(event.devices.map((device) => [device.id, device])) };
    case "live":
      return { ...next, isLive: event.isLive };
    case "found":
      return { ...next, devices: new Map(state.devices).set(event.device.id, event.device) };
    case "gone": {
      const devices = new Map(state.devices);
      devices.delete(event.device);
      return { ...next, devices };
    }
    case "change": {
      const { property, value, at } = event;
      return amend(next, event.device, ({ values }) => ({ values: { ...values, [property]: { value, at } } }));
    }
    case "availability": {
      const { available, at } = event;
      return amend(next, event.device, () => ({ available, availabilityAt: at }));
    }
    case "result":
      return next;
  }
}

/** The state as the event that replaces whatever a viewer knew. */
export function pageSnapshot({ epoch, seq, isLive, devices }: PageState): PageEvent & { readonly type: "snapshot" } {
  return { type: "snapshot", epoch, seq, isLive, devices: [...devices.values()] };
}

function amend(state: PageState, id: DeviceId, change: (device: PageDevice) => Partial<PageDevice>): PageState {
  const device = state.devices.get(id);
  if (device === undefined) return state;
  return { ...state, devices: new Map(state.devices).set(id, { ...device, ...change(device) }) };
}
