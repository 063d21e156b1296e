/** Hands what comes on `home/devices/<id>/appearance/set` to the one who keeps appearances; what became of it is told as a result. */

import { type Arrange, parseAppearanceChange } from "../contract/appearance.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJson, type Json } from "../contract/json.ts";
import { parseAppearanceTopic } from "../contract/topics.ts";

const longestPayload = 4 * 1024;

/** `message` is as it stands on `home/devices/<id>/result`. */
export type TellResult = (device: DeviceId, message: object) => void;

/** The listener for messages on appearance topics. */
export function createAppearanceListener(arrange: Arrange, tell: TellResult) {
  return (topic: string, payload: Uint8Array): void => {
    const device = parseAppearanceTopic(topic);
    if (device === undefined) return;
    let value: Json = null;
    try {
      value = readPayload(payload);
      const chosen = arrange(device, parseAppearanceChange(value));
      tell(device, { request: { kind: "appearance", value }, ok: true, value: chosen });
    } catch (thrown) {
      tell(device, { request: { kind: "appearance", value }, ok: false, error: toHomeError(thrown).toBody() });
    }
  };
}

function readPayload(payload: Uint8Array): Json {
  if (payload.length > longestPayload) throw unread(`it has ${payload.length} octets; at most ${longestPayload}`);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (isJson(value)) return value;
  } catch (cause) {
    throw unread("it is no JSON", cause);
  }
  throw unread("it is nested too deep");
}

const unread = (why: string, cause?: unknown): HomeError =>
  new HomeError("command-invalid", `the appearance cannot be read: ${why}`, {}, cause);
