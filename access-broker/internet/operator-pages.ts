/** The operator's page as HTML that needs no script: state, homes, links, refusals, the worklist of unknown devices, and a form to publish a descriptor. Pure. */

import { escapeHtml, type OwnPage, renderAlert, renderField } from "./own-page.ts";
import type { Speech, Word } from "./words.ts";

export interface OperatorFacts {
  readonly status: "ready" | "draining" | "failing";
  readonly isStoreThere: boolean;
  readonly homesOnline: number;
  /** What was looked for, and what of it is listed. */
  readonly part: string;
  readonly homes: readonly { readonly number: string; readonly source: string; readonly since: number }[];
  readonly doors: readonly {
    readonly door: string;
    readonly open: number;
    readonly receivedPerSecond: number;
    readonly sentPerSecond: number;
  }[];
  readonly refusals: readonly { readonly what: string; readonly reason: string; readonly count: number }[];
  readonly wanted: readonly { readonly key: Readonly<Record<string, unknown>>; readonly homes: number }[];
}

/** Where the page stands. */
export interface PagePlace {
  readonly root: string;
  /** Where its form goes. */
  readonly publish: string;
  /** HTML before all else. */
  readonly before?: string;
  /** Where a home has a page of its own. */
  readonly homeHref?: (number: string) => string;
}

export interface PublishForm {
  readonly token?: string;
  readonly descriptor?: string;
  readonly model?: string;
  readonly alert?: string;
  /** What came of the last one. */
  readonly done?: string;
}

const states: Readonly<Record<OperatorFacts["status"], Word>> = {
  ready: "opReady",
  draining: "opDraining",
  failing: "opFailing",
};

export function operatorPage(
  facts: OperatorFacts,
  form: PublishForm,
  { say }: Speech,
  { root, publish, before = "", homeHref }: PagePlace,
): OwnPage {
  const text = (word: Word, more = {}): string => escapeHtml(say(word, more));
  const { status, isStoreThere, homesOnline, part, homes, doors, refusals, wanted } = facts;
  const nameOf = (number: string): string =>
    homeHref === undefined ? escapeHtml(number) : `<a href="${escapeHtml(homeHref(number))}">${escapeHtml(number)}</a>`;
  const cells = (row: readonly (string | number)[]): readonly string[] => row.map((cell) => escapeHtml(String(cell)));
  const table = (heads: readonly Word[], rows: readonly (readonly string[])[]): string => {
    if (rows.length === 0) return `<p>${text("opNone")}</p>`;
    const head = heads.map((word) => `<th scope="col">${text(word)}</th>`).join("");
    const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
    return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
  };
  const find = { name: "number", label: say("opFind"), type: "text", autocomplete: "off", value: part } as const;
  const model = { name: "model", label: say("opModel"), type: "text", autocomplete: "off" } as const;
  const { token, descriptor = "", model: typed = "", alert, done } = form;
  return {
    title: say("opTitle"),
    isWide: true,
    body: `${before}${done === undefined ? "" : `<p role="status">${escapeHtml(done)}</p>`}${renderAlert(alert)}
<h2>${text("opState")}</h2><p>${text(states[status])}${isStoreThere ? "" : ` · ${text("opStoreAway")}`}</p>
<h2>${text("opHomes")}</h2><p>${text("opHomesText", { count: homesOnline })}</p>
<form method="get" action="${root}">${renderField({ ...find, isOptional: true })}
<button class="quiet" type="submit">${text("opShow")}</button></form>
${table(
  ["number", "opSource", "opSince"],
  homes.map(({ number, source, since }) => [nameOf(number), ...cells([source, new Date(since).toISOString()])]),
)}${part === "" && homes.length < homesOnline ? `<p>${text("opMore")}</p>` : ""}
<h2>${text("opLinks")}</h2>${table(
      ["opDoor", "opOpen", "opIn", "opOut"],
      doors.map(({ door, open, receivedPerSecond, sentPerSecond }) =>
        cells([door, open, say("opRate", { count: receivedPerSecond }), say("opRate", { count: sentPerSecond })]),
      ),
    )}
<h2>${text("opRefusals")}</h2>${table(
      ["opWhat", "opReason", "opCount"],
      refusals.map(({ what, reason, count }) => cells([what, reason, count])),
    )}
<h2>${text("opWanted")}</h2><p>${text("opWantedText")}</p>${table(
      ["opWhat", "opWantedBy"],
      wanted.map(({ key, homes: asking }) => cells([Object.values(key).join(" "), asking])),
    )}
<h2>${text("opPublish")}</h2><p>${text("opPublishText")}</p>
<form method="post" action="${publish}">${token === undefined ? "" : `<input type="hidden" name="token" value="${escapeHtml(token)}">`}
<div class="field"><label for="descriptor">${text("opDescriptor")}</label>
<textarea id="descriptor" name="descriptor" rows="12" spellcheck="false" required>
${escapeHtml(descriptor)}</textarea></div>
${renderField({ ...model, value: typed, isOptional: true, longest: 64 })}
<button type="submit">${text("opSend")}</button></form>`,
  };
}

/** `isSet`: whether there is an operator's password at all. */
export function operatorLoginPage(isSet: boolean, { say }: Speech): OwnPage {
  return { title: say("opLoginTitle"), body: `<p>${escapeHtml(say(isSet ? "opLoginText" : "opNotSet"))}</p>` };
}
