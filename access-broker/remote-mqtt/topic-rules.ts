/** What a visitor may subscribe to and publish in `homes/<access number>/…` (docs/interfaces.md, remote MQTT). Pure: a reason, or undefined for yes. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { parseCommandTopic } from "../../gateway-core/contract/topics.ts";

export const mostLevels = 16;

/** The topic of a home as its own visitors see it. */
export const outsideTopic = (number: AccessNumber, topic: string): string =>
  `homes/${number}/${topic.slice("home/".length)}`;

/** The home's own name of a topic below `homes/<number>/`; undefined for any other. */
export function insideTopic(number: AccessNumber, topic: string): string | undefined {
  const prefix = `homes/${number}/`;
  return topic.startsWith(prefix) && topic.length > prefix.length ? `home/${topic.slice(prefix.length)}` : undefined;
}

/** The first two levels are named, never matched: no wildcard and no `$` can stand for them. */
export function filterRefusal(number: AccessNumber, filter: string): string | undefined {
  if (isMalformed(filter)) return "no topic filter";
  if (insideTopic(number, filter) === undefined) return "a filter outside the home";
  return filter.split("/").length > mostLevels ? "too many levels" : undefined;
}

/** Commands, and nothing else, to whoever may do more than look. */
export function publishRefusal(
  number: AccessNumber,
  topic: string,
  rights: "all" | "view" | "none",
): string | undefined {
  if (isMalformed(topic)) return "no topic name";
  const inside = insideTopic(number, topic);
  if (inside === undefined || parseCommandTopic(inside) === undefined) return "no command topic of the home";
  return rights === "all" ? undefined : "this visitor may only look";
}

/** Only the home's own state goes out: what a visitor commands is no news to others. */
export function isState(number: AccessNumber, topic: string): boolean {
  const inside = insideTopic(number, topic);
  return inside !== undefined && parseCommandTopic(inside) === undefined;
}

/** MQTT 3.1.1 §4.7.3; U+FFFD is what octets that are no UTF-8 are decoded to. */
const isMalformed = (text: string): boolean => text === "" || /[\0\ufffd]/.test(text);
