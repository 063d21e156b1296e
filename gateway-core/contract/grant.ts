/**
 * What one person may see and do in one home (docs/interfaces.md, grants): judged at the access broker, and again at the
 * gateway, by the same pure functions.
 */

import { HomeError } from "./errors.ts";
import { type GrantWindow, intersectWindows, isWindowOpen, readGrantWindow } from "./grant-window.ts";
import { isJsonObject, type Json } from "./json.ts";
import type { CommandRequest } from "./messages.ts";

export interface DeviceGrant {
  /** `view`: its values; `control`: its commands too. */
  readonly access: "view" | "control";
  /** Only these, to see and to set; absent: all of them. */
  readonly properties?: readonly string[];
  /** Only these; absent: all of them. Of no use to who may only view. */
  readonly actions?: readonly string[];
  /** Whether its streams may be watched; absent: no. */
  readonly streams?: boolean;
}

export interface Grant {
  /** By device id; `*` stands for every device that is not named. What neither names is not there for this person. */
  readonly devices: { readonly [device: string]: DeviceGrant };
  /** When it holds; absent: always. */
  readonly window?: GrantWindow;
}

/** Everything, always: what a home's owner has. */
export const wholeGrant: Grant = { devices: { "*": { access: "control", streams: true } } };

const mostDevices = 1_024;
const mostNames = 256;
const idForm = /^(?:\*|[a-z0-9-]{1,128})$/;
const nameForm = /^[A-Za-z0-9_.~-]{1,128}$/;

export function deviceGrantOf({ devices }: Grant, device: string): DeviceGrant | undefined {
  if (Object.hasOwn(devices, device)) return devices[device];
  return Object.hasOwn(devices, "*") ? devices["*"] : undefined;
}

export const maySeeDevice = (grant: Grant, device: string): boolean => deviceGrantOf(grant, device) !== undefined;

export function maySeeProperty(grant: Grant, device: string, property: string): boolean {
  const found = deviceGrantOf(grant, device);
  return found !== undefined && (found.properties?.includes(property) ?? true);
}

export const maySet = (grant: Grant, device: string, property: string): boolean =>
  deviceGrantOf(grant, device)?.access === "control" && maySeeProperty(grant, device, property);

export function mayInvoke(grant: Grant, device: string, action: string): boolean {
  const found = deviceGrantOf(grant, device);
  return found?.access === "control" && (found.actions?.includes(action) ?? true);
}

/** Whether they may choose how a device appears to everybody: only who controls all of it. */
export function mayArrange(grant: Grant, device: string): boolean {
  const { access, properties, actions } = deviceGrantOf(grant, device) ?? {};
  return access === "control" && properties === undefined && actions === undefined;
}

export const mayWatch = (grant: Grant, device: string): boolean => deviceGrantOf(grant, device)?.streams === true;

/** Whether they may keep what it sends, and remove what was kept. */
export const mayRecord = (grant: Grant, device: string): boolean =>
  mayWatch(grant, device) && deviceGrantOf(grant, device)?.access === "control";

/** A home where nothing needs hiding: what is sent to all may be sent to this person as it is. */
export const seesAll = ({ devices }: Grant): boolean =>
  Object.values(devices).every(({ properties }) => properties === undefined) && Object.hasOwn(devices, "*");

/** The same, with nothing to control: for a session that may only look. */
export function viewOnly(grant: Grant): Grant {
  const devices = Object.entries(grant.devices).map(([id, one]) => [id, { ...one, access: "view" as const }]);
  return { ...grant, devices: Object.fromEntries(devices) };
}

/**
 * What both grant, and nothing else: such as what a person may, narrowed for one of their programs. It may name no device.
 * @throws HomeError `value-invalid` when both name days or hours.
 */
export function intersectGrants(a: Grant, b: Grant): Grant {
  const devices = new Set([...Object.keys(a.devices), ...Object.keys(b.devices)]);
  const both = [...devices].flatMap((id): [string, DeviceGrant][] => {
    const [one, other] = [deviceGrantOf(a, id), deviceGrantOf(b, id)];
    return one === undefined || other === undefined ? [] : [[id, intersectDevices(one, other)]];
  });
  const window = intersectWindows(a.window, b.window);
  return { devices: Object.fromEntries(both), ...(window === undefined ? {} : { window }) };
}

function intersectDevices(a: DeviceGrant, b: DeviceGrant): DeviceGrant {
  const inBoth = (one: readonly string[] | undefined, other: readonly string[] | undefined) =>
    one === undefined ? other : one.filter((name) => other?.includes(name) ?? true);
  const [properties, actions] = [inBoth(a.properties, b.properties), inBoth(a.actions, b.actions)];
  return {
    access: a.access === "control" && b.access === "control" ? "control" : "view",
    ...(properties === undefined ? {} : { properties }),
    ...(actions === undefined ? {} : { actions }),
    ...(a.streams === true && b.streams === true ? { streams: true } : {}),
  };
}

/**
 * Why a command is not this person's to give; undefined when it is. What they cannot see answers as what is not there.
 * Whether the window is open is asked apart: `windowRefusal`.
 */
export function commandRefusal(grant: Grant, device: string, request: CommandRequest): HomeError | undefined {
  const found = deviceGrantOf(grant, device);
  if (found === undefined) return new HomeError("unknown-device", `no device ${device} is known`, { device });
  const isAction = request.kind === "action";
  const list = isAction ? found.actions : found.properties;
  const names = request.kind === "set" ? Object.keys(request.value) : [request.name];
  const hidden = names.find((name) => list?.includes(name) === false);
  if (hidden !== undefined && !isAction) {
    return new HomeError("unknown-property", `the device has no property ${hidden}`, { name: hidden });
  }
  if (found.access === "control" && hidden === undefined) return undefined;
  return new HomeError("not-granted", "this person was not given the right to do that", { device });
}

/** Why this person may do and see nothing just now; undefined while the window is open. `now` in milliseconds since 1970. */
export function windowRefusal({ window }: Grant, now: number): HomeError | undefined {
  if (isWindowOpen(window, now)) return undefined;
  return new HomeError("not-granted", "what this person was granted does not hold at this time");
}

/** @throws HomeError `value-invalid` */
export function parseGrant(input: unknown): Grant {
  if (!isJsonObject(input) || !isJsonObject(input["devices"])) throw invalid("devices");
  const { devices, window, ...rest } = input;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(unknown);
  const told = Object.entries(isJsonObject(devices) ? devices : {});
  if (told.length === 0 || told.length > mostDevices) throw invalid("devices");
  const read = told.map(([id, grant]): [string, DeviceGrant] => {
    if (!idForm.test(id)) throw invalid("devices");
    return [id, readDeviceGrant(grant)];
  });
  const found = { devices: Object.fromEntries(read) };
  return window === undefined ? found : { ...found, window: readGrantWindow(window) };
}

function readDeviceGrant(input: Json): DeviceGrant {
  if (!isJsonObject(input)) throw invalid("devices");
  const { access, properties, actions, streams, ...rest } = input;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(unknown);
  if (access !== "view" && access !== "control") throw invalid("access");
  if (streams !== undefined && typeof streams !== "boolean") throw invalid("streams");
  return {
    access,
    ...(properties === undefined ? {} : { properties: readNames("properties", properties) }),
    ...(actions === undefined ? {} : { actions: readNames("actions", actions) }),
    ...(streams === undefined ? {} : { streams }),
  };
}

function readNames(member: string, input: Json): readonly string[] {
  const isName = (name: Json): name is string => typeof name === "string" && nameForm.test(name);
  if (!Array.isArray(input) || input.length > mostNames || !input.every(isName)) throw invalid(member);
  return input;
}

const invalid = (member: string): HomeError =>
  new HomeError("value-invalid", `the grant's "${member}" is not of its form`, { member });
