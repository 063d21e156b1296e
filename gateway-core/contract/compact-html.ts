/** Compact HTML for simple terminals (W3C NOTE-compactHTML-19980209): the elements and attributes that there are, and how long a page may be. */

import table from "./compact-html.json" with { type: "json" };

/** Attributes by element. */
export const compactElements: Readonly<Record<string, readonly string[]>> = table;

/** The kinds of `input` that there are. */
export const compactInputs: readonly string[] = ["text", "password", "checkbox", "radio", "hidden", "submit", "reset"];

/** Octets of a page as it is sent, its head left out: what the first terminals held. */
export const longestCompactPage = 2_048;
