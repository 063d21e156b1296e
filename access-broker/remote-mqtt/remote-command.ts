/** Commands of remote visitors on their way to the home: bounded in time, and answered here when they cannot go. Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import { longestCommandPayload, type RemoteCommand } from "../../gateway-core/contract/remote-link.ts";
import { homeTopics, parseCommandTopic } from "../../gateway-core/contract/topics.ts";

/** A command that is under way for longer opens nothing any more. */
const goodMs = 60_000;

/** Undefined when the payload is no text that a home could read. */
export function commandOf(id: string, topic: string, payload: Uint8Array, now: number): RemoteCommand | undefined {
  if (payload.length > longestCommandPayload) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
    return { id, topic, payload: text, expires: now + goodMs };
  } catch {
    return undefined;
  }
}

/** The result of a command that did not reach the home; undefined for what is no command topic. */
export function awayResult(
  id: string,
  topic: string,
  payload: Uint8Array,
  isReadable: boolean,
): { readonly topic: string; readonly payload: string } | undefined {
  const asked = parseCommandTopic(topic);
  if (asked === undefined) return undefined;
  const { value, own } = contentOf(payload);
  const request = asked.kind === "set" ? { kind: "set", value } : { kind: asked.kind, name: asked.name, value };
  const error = isReadable
    ? new HomeError("home-away", "the home is away: nothing was done, and nothing will be")
    : new HomeError("command-invalid", "the command is not JSON in UTF-8, or too long");
  const message = { $id: own ?? id, request, ok: false, error: error.toBody() };
  return { topic: homeTopics.result(asked.device), payload: JSON.stringify(message) };
}

function contentOf(payload: Uint8Array): { readonly value: unknown; readonly own?: string } {
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (!isJsonObject(content) || typeof content["$id"] !== "string") return { value: content };
    return { value: content["value"] ?? null, own: content["$id"].slice(0, 128) };
  } catch {
    return { value: null };
  }
}
