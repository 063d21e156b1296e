/** What gateway and access broker say on the control link for remote MQTT (docs/interfaces.md): the home's topics go up while somebody wants them, commands come down. */

import { type Grant, parseGrant } from "./grant.ts";
import type { Json, JsonObject } from "./json.ts";
import { homeTopics, isDescriptionTopic, parseCommandTopic } from "./topics.ts";

/** The gateway's: one topic of the home at a time. Topics that a snapshot does not name between its two ends are no more. */
export type RemoteUp =
  | { readonly topic: "up/home"; readonly body: HomeTopic }
  | { readonly topic: "up/snapshot"; readonly body: { readonly end: "first" | "last" } };

/** The access broker's. */
export type RemoteDown =
  | { readonly topic: "down/remote"; readonly body: { readonly isWanted: boolean } }
  | { readonly topic: "down/command"; readonly body: RemoteCommand };

/** A message as the local broker publishes it; an empty retained payload clears the topic. */
export interface HomeTopic {
  /** `home/…`, never a command topic. */
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
}

/** A message on a command topic of the home. */
export interface RemoteCommand {
  /** Stands for a `$id` that the sender did not give: what comes twice is done once. */
  readonly id: string;
  readonly topic: string;
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** What its sender was granted; the gateway refuses what goes beyond it. */
  readonly grant?: Grant;
}

/** Characters of a payload, at most: with JSON around it, it fits into a packet of the link. */
export const longestHomePayload: number = 48 * 1024;
/** The same for a retained description of a device: some have hundreds of properties, each in several languages. */
export const longestDescription: number = 256 * 1024;
/** Octets in a packet of the link, one that holds a description and any other. */
export const longestPacket: { readonly description: number; readonly other: number } = {
  description: 320 * 1024,
  other: 64 * 1024,
};

export const mayBeLong = (topic: string, isRetained: boolean): boolean =>
  isRetained && (isDescriptionTopic(topic) || topic === homeTopics.devices);
export const longestCommandPayload: number = 8 * 1024;
const longestTopic = 512;
const stateTopic = /^home(?:\/[^/+#\0\ufffd]+){1,6}$/;
const idForm = /^[A-Za-z0-9_-]{1,64}$/;

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;

/** Undefined when it is none. */
export function readHomeTopic({ topic, payload, isRetained }: JsonObject): HomeTopic | undefined {
  if (!isText(topic, longestTopic) || !stateTopic.test(topic) || parseCommandTopic(topic) !== undefined)
    return undefined;
  if (typeof isRetained !== "boolean") return undefined;
  if (!isText(payload, mayBeLong(topic, isRetained) ? longestDescription : longestHomePayload)) return undefined;
  return { topic, payload, isRetained };
}

/** Undefined when it is none. */
export function readSnapshotEnd({ end }: JsonObject): { readonly end: "first" | "last" } | undefined {
  return end === "first" || end === "last" ? { end } : undefined;
}

/** Undefined when it is none. */
export function readRemoteCommand(input: JsonObject): RemoteCommand | undefined {
  const { id, topic, payload, expires, grant } = input;
  if (!isText(id, 64) || !idForm.test(id) || !isText(topic, longestTopic)) return undefined;
  if (parseCommandTopic(topic) === undefined || !isText(payload, longestCommandPayload)) return undefined;
  if (typeof expires !== "number" || !Number.isSafeInteger(expires) || expires < 0) return undefined;
  const command = { id, topic, payload, expires };
  if (grant === undefined) return command;
  const granted = readGrant(grant);
  return granted && { ...command, grant: granted };
}

function readGrant(input: Json): Grant | undefined {
  try {
    return parseGrant(input);
  } catch {
    return undefined;
  }
}
