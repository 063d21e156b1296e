/** The form with which people choose how a device appears (docs/interfaces.md, appearance). Pure. */

import { kindTitles } from "../contract/kinds.ts";
import type { PageDevice } from "../contract/page.ts";
import type { Print } from "./html-parts.ts";
import { html, type Markup } from "./markup.ts";
import printed from "./printed-texts.json" with { type: "json" };

export interface EditOptions extends Print {
  /** As this person reads them: offered, not demanded. */
  readonly rooms?: readonly string[];
  readonly isEditing?: boolean;
}

/** Nothing for who sees only a part of the device, or may only look. */
export function editForm(
  device: PageDevice,
  { speech, token, root, rooms = [], isEditing }: EditOptions,
): Markup | false {
  if (device.isPartial === true) return false;
  const texts = printed[speech.language];
  const { name = "", room = "", icon = "", order = "", isFavourite, isHidden } = device.appearance ?? {};
  const kinds = Object.entries(kindTitles).map(
    ([kind, titles]) =>
      html`<option value="${kind}"${kind === icon && html` selected`}>${titles[speech.language]}</option>`,
  );
  const check = (member: "isFavourite" | "isHidden", isSet: true | undefined): Markup =>
    html`<label class="row check"><span class="row-name">${texts[member]}</span><input type="checkbox" name="${member}"${isSet === true && html` checked`}></label>`;
  return html`<details class="edit" id="edit"${isEditing === true && html` open`}><summary class="button">${speech.texts.edit}</summary>
<form method="post" action="${root}api/devices/${device.id}/appearance"><input type="hidden" name="token" value="${token}">
<label class="row"><span class="row-name">${texts.name}</span><input type="text" name="name" value="${name}" maxlength="64" placeholder="${device.titles[speech.language]}" autocomplete="off"></label>
<label class="row"><span class="row-name">${texts.room}</span><input type="text" name="room" value="${room}" maxlength="64" list="rooms" autocomplete="off"></label>
<datalist id="rooms">${rooms.map((one) => html`<option value="${one}"></option>`)}</datalist>
<label class="row"><span class="row-name">${texts.icon}</span><select name="icon"><option value="">${texts.ownIcon}</option>${kinds}</select></label>
<label class="row"><span class="row-name">${texts.order}</span><input type="number" name="order" value="${order}" min="1" max="9999" step="1"></label>
${check("isFavourite", isFavourite)}${check("isHidden", isHidden)}
<p class="row end"><button class="button">${texts.save}</button></p></form></details>`;
}
