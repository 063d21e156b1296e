/** Commands of remote visitors on their way to the home: judged by the grant of their sender, bounded in time, and answered here when they cannot go. Pure. */

import type { DeviceId } from "../../gateway-core/contract/device.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { commandRefusal, deviceGrantOf, type Grant } from "../../gateway-core/contract/grant.ts";
import { isJson, isJsonObject, type Json } from "../../gateway-core/contract/json.ts";
import type { CommandRequest } from "../../gateway-core/contract/messages.ts";
import { longestCommandPayload, type RemoteCommand } from "../../gateway-core/contract/remote-link.ts";
import { type CommandTopic, homeTopics, parseCommandTopic } from "../../gateway-core/contract/topics.ts";

/** A command that is under way for longer opens nothing any more. */
const goodMs = 60_000;

/** A command with what its sender may do to that device, for the gateway to judge it again. */
export type GrantedCommand = RemoteCommand & { readonly grant: Grant };

/** @throws HomeError `command-invalid` when the payload is no text that a home could read, and why the grant refuses it. */
export function commandOf(id: string, topic: string, payload: Uint8Array, now: number, grant: Grant): GrantedCommand {
  const asked = parseCommandTopic(topic);
  const text = payload.length > longestCommandPayload ? undefined : textOf(payload);
  if (asked === undefined || text === undefined) {
    throw new HomeError("command-invalid", "the command is not JSON in UTF-8, or too long");
  }
  const { device } = asked;
  const refused = commandRefusal(grant, device, requestOf(asked, contentOf(payload).value));
  if (refused !== undefined) throw refused;
  return { id, topic, payload: text, expires: now + goodMs, grant: grantFor(grant, device) };
}

/** The result of a command that did not reach the home; undefined for what is no command topic. */
export function resultOf(
  error: HomeError,
  id: string,
  topic: string,
  payload: Uint8Array,
): { readonly topic: string; readonly payload: string } | undefined {
  const asked = parseCommandTopic(topic);
  if (asked === undefined) return undefined;
  const { value, own } = contentOf(payload);
  const request = asked.kind === "set" ? { kind: "set", value } : { kind: asked.kind, name: asked.name, value };
  const message = { $id: own ?? id, request, ok: false, error: error.toBody() };
  return { topic: homeTopics.result(asked.device), payload: JSON.stringify(message) };
}

/** What cannot be read as a set sets nothing here, and is answered by the home. */
function requestOf(asked: CommandTopic, value: Json): CommandRequest {
  if (asked.kind !== "set") return { kind: asked.kind, name: asked.name, value };
  return { kind: "set", value: isJsonObject(value) ? value : {} };
}

/** No more of a grant than the command is about: a packet of the link is small. */
function grantFor(grant: Grant, device: DeviceId): Grant {
  const found = deviceGrantOf(grant, device);
  return { ...grant, devices: found === undefined ? {} : { [device]: found } };
}

function textOf(payload: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return undefined;
  }
}

function contentOf(payload: Uint8Array): { readonly value: Json; readonly own?: string } {
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (!isJson(content)) return { value: null };
    const isWrapped = isJsonObject(content) && (Object.hasOwn(content, "$id") || Object.hasOwn(content, "$expires"));
    if (!isWrapped) return { value: content };
    const { $id, value = null } = content;
    return typeof $id === "string" ? { value, own: $id.slice(0, 128) } : { value };
  } catch {
    return { value: null };
  }
}
