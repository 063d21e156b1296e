/** What a person's grant says to a request, as far as its path and body tell what it is about (docs/interfaces.md, grants). Pure. */

import { unwrapCommand } from "../../gateway-core/contract/command-envelope.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import {
  commandRefusal,
  deviceGrantOf,
  type Grant,
  mayArrange,
  mayRecord,
  maySeeDevice,
  maySeeProperty,
  mayWatch,
} from "../../gateway-core/contract/grant.ts";
import { isWindowOpen } from "../../gateway-core/contract/grant-window.ts";
import { isJson, isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";

export interface Asked {
  /**
   * `whole`: what the gateway itself filters by the grant; `pages`: what a device serves itself, which shows and does
   * everything with it; all else is about one thing that the path names.
   */
  readonly kind:
    | "whole"
    | "device"
    | "property"
    | "properties"
    | "action"
    | "appearance"
    | "stream"
    | "any-stream"
    | "recordings"
    | "any-recording"
    | "pages";
  readonly isReading: boolean;
  readonly device: string;
  /** Of the property or action. */
  readonly name: string;
  readonly body: Uint8Array;
}

/** Undefined where the grant allows it; what the person cannot see is refused as what is not there. `now` in milliseconds since 1970. */
export function grantRefusal(grant: Grant, { kind, isReading, device, name, body }: Asked, now: number) {
  if (!isWindowOpen(grant.window, now)) {
    return new HomeError("not-granted", "this person comes in at other hours", { reason: "window" });
  }
  const { devices } = grant;
  if (kind === "whole") {
    const isAnyControlled = Object.values(devices).some(({ access }) => access === "control");
    return isReading || isAnyControlled ? undefined : notGranted();
  }
  if (kind === "any-stream") {
    return Object.values(devices).some(({ streams }) => streams) ? undefined : notGranted();
  }
  if (kind === "any-recording") {
    const may = isReading ? mayWatch : mayRecord;
    return Object.keys(devices).some((one) => may(grant, one)) ? undefined : notGranted();
  }
  if (!maySeeDevice(grant, device)) return new HomeError("unknown-device", `no device ${device} is known`, { device });
  if (kind === "appearance" && !isReading) return mayArrange(grant, device) ? undefined : notGranted();
  if (kind === "pages") return mayDoAll(grant, device, isReading) ? undefined : notGranted();
  if (kind === "recordings") return (isReading ? mayWatch : mayRecord)(grant, device) ? undefined : notGranted();
  if (kind === "stream") return mayWatch(grant, device) ? undefined : notGranted();
  if (isReading) {
    if (kind !== "property" || maySeeProperty(grant, device, name)) return undefined;
    return new HomeError("unknown-property", `the device has no property ${name}`, { name });
  }
  if (kind === "properties") return commandRefusal(grant, device, { kind: "set", value: membersOf(body) });
  return commandRefusal(grant, device, { kind: kind === "action" ? "action" : "property", name, value: null });
}

function mayDoAll(grant: Grant, device: string, isReading: boolean): boolean {
  const found = deviceGrantOf(grant, device);
  if (found === undefined || found.properties !== undefined) return false;
  return isReading || (found.access === "control" && found.actions === undefined);
}

const notGranted = (): HomeError => new HomeError("not-granted", "this person was not given the right to do that");

/** Of a body that is no JSON object, wrapped or not, none: the gateway says what is wrong with it. */
function membersOf(body: Uint8Array): JsonObject {
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    const value = isJson(content) ? unwrapCommand(content, false).value : null;
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  return {};
}
