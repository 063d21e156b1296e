/**
 * What may pass the link to the registered broker, as the home wants it. A rule names a direction, a content, or both;
 * what no rule names does not pass. So a set is by direction, by content, or one for both. Pure.
 */

/** `out`: told to the broker. `in`: asked of the home. */
export type LinkDirection = "out" | "in";

/**
 * `page`: the control page; out is looking, in is changing. `topics`: remote MQTT; out is what is told, in are commands.
 * `descriptors`: questions about devices, and their answers. `proxy`: the home's computers on their way out. `streams`:
 * what devices send, out.
 */
export type LinkContent = "page" | "topics" | "descriptors" | "proxy" | "streams";

export interface LinkRule {
  /** Both unless told. */
  readonly direction?: LinkDirection;
  /** Everything unless told. */
  readonly content?: LinkContent;
}

export type LinkRules = readonly LinkRule[];

export function mayPass(rules: LinkRules, content: LinkContent, direction: LinkDirection): boolean {
  return rules.some((rule) => (rule.content ?? content) === content && (rule.direction ?? direction) === direction);
}
