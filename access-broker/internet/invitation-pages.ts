/** The pages for who was invited to a home: the invitation itself, and the choice of how to log in from then on. Pure. */

import { passkeyFields, passwordFields, whereLine } from "./forms.ts";
import { escapeHtml, type OwnPage, renderAlert, renderField } from "./own-page.ts";
import type { Speech } from "./words.ts";

export function invitationForm(number: string, { say }: Speech, alert?: string): OwnPage {
  const secret = { name: "secret", label: say("invitationCode"), type: "text", autocomplete: "off" } as const;
  return {
    title: say("invitationTitle"),
    takesFragment: true,
    body: `${whereLine(number, { say })}
<p>${escapeHtml(say("invitationText"))}</p>
${renderAlert(alert)}<form method="post" action="/invitation">${renderField({ ...secret, isFirst: true, takesFragment: true })}
<button type="submit">${escapeHtml(say("goOn"))}</button></form>`,
  };
}

export function welcomePage({ user }: { readonly user: string }, { say }: Speech): OwnPage {
  const label = { name: "label", label: say("passkeyName"), type: "text", autocomplete: "off" } as const;
  return {
    title: say("welcomeTitle"),
    hasPasskey: true,
    body: `<p>${escapeHtml(say("welcomeText", { user }))} ${escapeHtml(say("welcomeLimit"))}</p>
<noscript><p>${escapeHtml(say("passkeyNoScript"))}</p></noscript>
<form method="post" action="/account/passkeys/create" data-passkey="create" data-ask="/account/passkeys/options" hidden>
${passkeyFields({ say })}${renderField({ ...label, hint: say("passkeyNameHint") })}
<button type="submit">${escapeHtml(say("passkeyAdd"))}</button></form>
<h2>${escapeHtml(say("password"))}</h2>
<form method="post" action="/password">${passwordFields(user, { say })}
<button class="quiet" type="submit">${escapeHtml(say("setPassword"))}</button></form>`,
  };
}
