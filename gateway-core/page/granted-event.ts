/** What of the page's state and events one person was granted. Numbers stay those of the one epoch: what is withheld leaves a gap. Pure. */

import { type Grant, mayInvoke, maySeeDevice, maySeeProperty } from "../contract/grant.ts";
import type { CommandRequest } from "../contract/messages.ts";
import type { PageDevice, PageEvent } from "../contract/page.ts";
import type { PageState } from "../contract/page-state.ts";
import { grantedDevice } from "./granted-device.ts";

/** The very event where nothing of it is withheld; undefined where all of it is. */
export function grantedEvent(event: PageEvent, grant: Grant): PageEvent | undefined {
  switch (event.type) {
    case "snapshot": {
      const devices = grantedDevices(event.devices, grant);
      const isWhole = devices.length === event.devices.length && devices.every((one, at) => one === event.devices[at]);
      if (isWhole && (event.troubles === undefined || maySeeTroubles(grant))) return event;
      return { ...withoutTroubles(event, grant), devices };
    }
    case "found": {
      const device = grantedDevice(event.device, grant);
      return device === event.device ? event : device && { ...event, device };
    }
    case "gone":
    case "availability":
      return maySeeDevice(grant, event.device) ? event : undefined;
    case "change":
      return maySeeProperty(grant, event.device, event.property) ? event : undefined;
    case "result":
      return maySeeRequest(grant, event.result.device, event.result.request) ? event : undefined;
    case "live":
      return event;
    case "troubles":
      return maySeeTroubles(grant) ? event : undefined;
  }
}

export function grantedState(state: PageState, grant: Grant): PageState {
  const devices = grantedDevices([...state.devices.values()], grant);
  return { ...withoutTroubles(state, grant), devices: new Map(devices.map((device) => [device.id, device])) };
}

/** What ails the home is the matter of whoever sees all that comes into it. */
const maySeeTroubles = (grant: Grant): boolean => maySeeDevice(grant, "*");

function withoutTroubles<T extends Pick<PageState, "troubles">>(told: T, grant: Grant): T | Omit<T, "troubles"> {
  if (maySeeTroubles(grant)) return told;
  const { troubles: _, ...rest } = told;
  return rest;
}

/** Whether anything at all may be done: else the page says why it has no controls. */
export const isViewOnly = ({ devices }: Grant): boolean =>
  Object.values(devices).every(({ access }) => access === "view");

const grantedDevices = (devices: readonly PageDevice[], grant: Grant): PageDevice[] =>
  devices.flatMap((device) => grantedDevice(device, grant) ?? []);

/** What anybody asked of a device is told to those who see all that was asked of, or could have asked it themselves. */
function maySeeRequest(grant: Grant, device: string, request: CommandRequest): boolean {
  if (request.kind === "action") return mayInvoke(grant, device, request.name);
  const names = request.kind === "set" ? Object.keys(request.value) : [request.name];
  return maySeeDevice(grant, device) && names.every((name) => maySeeProperty(grant, device, name));
}
