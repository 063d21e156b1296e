/** What the forms of the page tell: the gateway reads them, and the script in its place. Pure. */

import { type Json, jsonIn } from "./json.ts";

/** The value that a form field tells: JSON where it is JSON, else the text itself (a time of day, say). */
export function fieldValue(text: string): Json {
  const value = jsonIn(text);
  return value === undefined ? text : value;
}

/** Where the form stood, and so where its answer leads: the home, or the home on a wall. */
export type AskedFrom = "home" | "wall";

/**
 * What a button of a tile sends: everything in its one field, so that its form has no hidden ones. A browser looks at each
 * hidden field when a page is loaded, and lays out what it stands in though nobody sees that yet.
 */
export interface ButtonAsk {
  /** Of the viewer's session; without spaces. */
  readonly token: string;
  readonly from: AskedFrom;
  /** As a field tells it. */
  readonly value: string;
}

/** The name of the field. */
export const askField = "ask";

export const encodeAsk = ({ token, from, value }: ButtonAsk): string => `${token} ${from} ${value}`;

/** What is missing is empty: a form that somebody else made up fails by its token. */
export function decodeAsk(text: string): ButtonAsk {
  const [, token = "", from = "", value = ""] = /^(\S*) (\S*) (.*)$/s.exec(text) ?? [];
  return { token, from: from === "wall" ? "wall" : "home", value };
}
