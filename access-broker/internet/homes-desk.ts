/** A person's own homes at the bare host: shown to whoever has the passkey that opens them, and to nobody else. No session is begun here. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { pageAnswer } from "./answers.ts";
import { passkeyFields } from "./forms.ts";
import { refusedForm } from "./login-desk.ts";
import { escapeHtml, type OwnPage, renderAlert, renderList } from "./own-page.ts";
import { isForPerson, readMembers, type Visit } from "./visit.ts";
import type { Speech } from "./words.ts";

interface OwnHome {
  readonly number: AccessNumber;
  readonly user: string;
  readonly role: "owner" | "guest";
}

export interface HomesDeskOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly prepare: (origin: string) => JsonObject;
  /** @throws HomeError `login-refused`, `too-many-attempts` */
  readonly homesOf: (origin: string, source: string, response: Json | undefined) => Promise<readonly OwnHome[]>;
  readonly audit: (event: string, number: null, user: null, source: string, facts: JsonObject) => void;
}

const unstored = { headers: { "cache-control": "no-store" } };

/** Answers `/homes` and `/homes/challenge`. */
export function createHomesDesk({ clock, host, prepare, homesOf, audit }: HomesDeskOptions) {
  const originOf = ({ authority }: Visit): string => `https://${authority}`;

  async function list(visit: Visit): Promise<Response> {
    const { passkey = null } = await readMembers(visit, clock);
    try {
      const homes = await homesOf(
        originOf(visit),
        visit.source,
        typeof passkey === "string" ? parsed(passkey) : passkey,
      );
      audit("homes-shown", null, null, visit.source, { homes: homes.length });
      const told = homes.map((home) => ({ ...home, address: `https://${home.number}.${host}${portOf(visit)}/` }));
      if (!isForPerson(visit)) return Response.json({ homes: told }, unstored);
      return pageAnswer(homesPage(told, visit.speech), visit);
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      audit("login-refused", null, null, visit.source, {
        reason: typeof cause === "string" ? cause : code,
        by: "homes",
      });
      return refusedForm(thrown, visit, () => homesForm(visit.speech, visit.speech.say("homesNone")));
    }
  }
  const portOf = ({ authority }: Visit): string => authority.slice(host.length);

  return async (visit: Visit): Promise<Response> => {
    const { method, path } = visit;
    if (path === "/homes/challenge") {
      if (method === "POST") return Response.json(prepare(originOf(visit)), unstored);
      throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["POST"] });
    }
    if (method === "POST") return list(visit);
    if (method === "GET" || method === "HEAD") return pageAnswer(homesForm(visit.speech), visit);
    throw new HomeError("method-not-allowed", `${method} is not for ${path}`, { allow: ["GET", "HEAD", "POST"] });
  };
}

export function homesForm({ say }: Speech, alert?: string): OwnPage {
  return {
    title: say("homesTitle"),
    hasPasskey: true,
    body: `<p>${escapeHtml(say("homesText"))}</p>
${renderAlert(alert)}<noscript><p>${escapeHtml(say("passkeyNoScript"))}</p></noscript>
<form method="post" action="/homes" data-passkey="get" data-ask="/homes/challenge" hidden>${passkeyFields({ say })}
<button type="submit">${escapeHtml(say("homesShow"))}</button></form>
<hr><a class="button quiet" href="/">${escapeHtml(say("homesByNumber"))}</a>`,
  };
}

/** Each with its own address. */
export function homesPage(homes: readonly (OwnHome & { readonly address: string })[], { say }: Speech): OwnPage {
  const rows = homes.map(({ number, user, role, address }) => {
    const small = say("homesAs", { user, role: say(role === "owner" ? "homesOwner" : "roleGuest") });
    const open = `<a class="button quiet" href="${escapeHtml(address)}" aria-label="${escapeHtml(say("homesOpen"))}: ${escapeHtml(number)}">${escapeHtml(say("homesOpen"))}</a>`;
    return `<li><div>${escapeHtml(number)}<small>${escapeHtml(small)}</small></div>${open}</li>`;
  });
  return {
    title: say("homesTitle"),
    body: `${homes.length === 0 ? `<p>${escapeHtml(say("homesNone"))}</p>` : renderList(rows)}
<hr><a class="button quiet" href="/">${escapeHtml(say("homesByNumber"))}</a>`,
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
