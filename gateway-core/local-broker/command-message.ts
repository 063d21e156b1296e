/** Reads a command from an MQTT message: topic and payload of docs/interfaces.md, contract/command-envelope.ts around the value or not. Pure. */

import { readId, unwrapCommand } from "../contract/command-envelope.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import { isJson, isJsonObject, type Json } from "../contract/json.ts";
import type { Command, CommandRequest } from "../contract/messages.ts";
import { type CommandTopic, parseCommandTopic } from "../contract/topics.ts";

/** Octets; the largest set of all properties of a device is far below. */
const longestPayload = 16 * 1024;

/** `id` is the sender's, else `freshId`. @throws HomeError `command-invalid` */
export function parseCommandMessage(topic: string, payload: Uint8Array, freshId: string): Command {
  const asked = parseCommandTopic(topic);
  if (asked === undefined) throw new HomeError("command-invalid", `${topic} is no command topic`);
  const content = asked.kind === "action" && payload.length === 0 ? null : parseJson(payload);
  const { id = freshId, value, ...bounds } = unwrapCommand(content, asked.kind === "action");
  return { id, device: asked.device, request: requestOf(asked, value), ...bounds };
}

/** The sender's `$id` of a message that is refused for another reason; undefined when it holds none that can be repeated. */
export function refusedId(payload: Uint8Array): string | undefined {
  try {
    const content = parseJson(payload);
    return isJsonObject(content) ? readId(content).id : undefined;
  } catch {
    return undefined;
  }
}

/** What a message asked for that could not be read: its text stands for the value. */
export function unreadRequest(
  topic: string,
  payload: Uint8Array,
): { readonly device: DeviceId; readonly request: CommandRequest } | undefined {
  const asked = parseCommandTopic(topic);
  if (asked === undefined) return undefined;
  const value = new TextDecoder().decode(payload.subarray(0, 256));
  const request: CommandRequest =
    asked.kind === "set" ? { kind: "set", value: {} } : { kind: asked.kind, name: asked.name, value };
  return { device: asked.device, request };
}

function requestOf(asked: CommandTopic, value: Json): CommandRequest {
  if (asked.kind !== "set") return { kind: asked.kind, name: asked.name, value };
  if (isJsonObject(value)) return { kind: "set", value };
  throw new HomeError("command-invalid", "a set of several properties is a JSON object");
}

function parseJson(payload: Uint8Array): Json {
  if (payload.length > longestPayload) {
    throw new HomeError("command-invalid", `the command has ${payload.length} octets; at most ${longestPayload}`);
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (isJson(value)) return value;
  } catch (cause) {
    throw new HomeError("command-invalid", "the command is not JSON in UTF-8", {}, cause);
  }
  throw new HomeError("command-invalid", `the command is nested too deep`);
}
