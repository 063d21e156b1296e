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

/** Commands, and nothing else; whose they are to give is judged with the command. */
export function publishRefusal(number: AccessNumber, topic: string): string | undefined {
  if (isMalformed(topic)) return "no topic name";
  const inside = insideTopic(number, topic);
  return inside === undefined || parseCommandTopic(inside) === undefined ? "no command topic of the home" : undefined;
}

/** The home's own name of a topic that goes out: its state alone, for what a visitor commands is no news to others. */
export function stateTopic(number: AccessNumber, topic: string): string | undefined {
  const inside = insideTopic(number, topic);
  return inside !== undefined && parseCommandTopic(inside) === undefined ? inside : undefined;
}

/** Whether a topic is among those that a filter stands for (MQTT 3.1.1 §4.7), both being whole. */
export function isMatch(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split("/"), topic.split("/")];
  const rest = wanted.indexOf("#");
  const named = rest < 0 ? wanted : wanted.slice(0, rest);
  const isLong = rest < 0 ? levels.length === named.length : levels.length >= named.length;
  return isLong && named.every((level, at) => level === "+" || level === levels[at]);
}

/** MQTT 3.1.1 §4.7.3; U+FFFD is what octets that are no UTF-8 are decoded to. */
const isMalformed = (text: string): boolean => text === "" || /[\0\ufffd]/.test(text);
