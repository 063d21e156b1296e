/** What clients of the local broker may publish and subscribe: pure functions that answer with a reason, or undefined for yes. */

import { parseAppearanceTopic, parseCommandTopic } from "../contract/topics.ts";

/**
 * Under `home/` only the three command topics and appearances to be set; `$…` is the broker's own; all other topics are free for the person's own flows.
 * Topics of wills are judged by the same rule.
 */
export function publishRefusal(topic: string): string | undefined {
  if (/[+#\0\ufffd]/.test(topic) || topic === "") return "no topic name";
  if (topic.startsWith("$")) return "the broker's own topics";
  const isOfHome = topic === "home" || topic.startsWith("home/");
  return isOfHome && parseCommandTopic(topic) === undefined && parseAppearanceTopic(topic) === undefined
    ? "only the gateway publishes the state of the home"
    : undefined;
}

/** `$SYS` tells of other clients, and `$share` is unknown to MQTT 3.1.1: no filter may begin with `$`. */
export function subscribeRefusal(filter: string): string | undefined {
  return filter.startsWith("$") ? "the broker's own topics" : undefined;
}
