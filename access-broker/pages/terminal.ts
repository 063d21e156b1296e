/** What kind of terminal asks: by its name (terminals.json), by what it accepts, or by hand, by asking for a compact page. Pure. */

import table from "./terminals.json" with { type: "json" };

export type Charset = "UTF-8" | "Shift_JIS";

export interface Terminal {
  readonly isCompact: boolean;
  /** What it reads; the first terminals know nothing else. */
  readonly charset: Charset;
}

/** The media type by which a terminal asks for Compact HTML. */
const compactType = /(?:^|[\s,])text\/x-chtml\b/i;

const known = table.map(({ agent, charset }) => ({ agent: new RegExp(agent), charset }));

export function terminalOf(headers: Headers): Terminal {
  const agent = headers.get("user-agent") ?? "";
  const found = known.find((one) => one.agent.test(agent));
  return {
    isCompact: found !== undefined || compactType.test(headers.get("accept") ?? ""),
    charset: found?.charset === "Shift_JIS" ? "Shift_JIS" : "UTF-8",
  };
}
