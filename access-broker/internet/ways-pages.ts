/** The page on which an owner says what their home asks of who comes in: methods, and from where. Pure. */

import type { WaysFile } from "./door-rooms.ts";
import { escapeHtml, type OwnPage, renderAlert, renderChoice, renderField } from "./own-page.ts";
import type { Speech, Word } from "./words.ts";

/** What most homes choose from. */
const presets: readonly (readonly [methods: string, word: Word])[] = [
  ["password|passkey|key", "waysAny"],
  ["passkey|key", "waysNoPassword"],
  ["password+totp|passkey|key", "waysTwoFactors"],
  ["password+passkey", "waysBoth"],
];

export interface WaysFacts extends WaysFile {
  /** Whether an access network says who calls. */
  readonly hasCallers: boolean;
}

const caller = "tel:";

export function waysPage({ requirement, parts, hasCallers }: WaysFacts, { say }: Speech, alert?: string): OwnPage {
  const text = (word: Word, more = {}): string => escapeHtml(say(word, more));
  const { methods, from, look } = parts ?? { methods: presets[0]?.[0] ?? "", from: [], look: [] };
  const choices = presets.map(([value, word]) => [value, say(word)] as const);
  const isKnown = choices.some(([value]) => value === methods);
  const places = (name: string, told: readonly string[], word: Word, hint: Word, isCaller: boolean): string => {
    const own = told.filter((place) => place.startsWith(caller) === isCaller);
    const value = own.map((place) => (isCaller ? place.slice(caller.length) : place)).join(", ");
    // What stands there is not lost where the field is not shown.
    if (isCaller && !hasCallers) return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
    const field = { name, label: say(word), type: "text", autocomplete: "off", longest: 400 } as const;
    return renderField({ ...field, value, hint: say(hint), isOptional: true });
  };
  return {
    title: say("waysTitle"),
    body: `<p>${text("waysText")}</p>
${renderAlert(alert)}${parts === undefined ? `<p>${text("waysFine", { requirement })}</p>` : ""}
<form method="post" action="/account/ways">
${renderChoice({
  ...{ name: "methods", label: say("waysMethods"), chosen: methods },
  choices: isKnown ? choices : [[methods, methods], ...choices],
})}
${places("networks", from, "waysNetworks", "waysNetworksHint", false)}
${places("callers", from, "waysCallers", "waysCallersHint", true)}
${places("look-networks", look, "waysLook", "waysLookHint", false)}
${places("look-callers", look, "waysLookCallers", "waysLookHint", true)}
<button type="submit">${text("grantSave")}</button></form>
<hr><a class="button quiet" href="/account">${text("back")}</a>`,
  };
}
