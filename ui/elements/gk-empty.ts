/** `<gk-empty>`: what stands where the tiles would while there are none. */

import { html, type TemplateResult } from "lit";
import type { Speech } from "../../gateway-core/contract/page-texts.ts";
import { sayEmpty } from "../../gateway-core/contract/page-words.ts";
import { icon } from "./icon.ts";
import { LightElement } from "./light-element.ts";

export class GkEmpty extends LightElement {
  static override properties = { isLive: { attribute: false }, speech: { attribute: false } };
  /** Devices may still come by themselves. */
  declare isLive: boolean;
  declare speech: Speech;

  protected override render(): TemplateResult {
    const { title, hint } = sayEmpty(this.isLive, this.speech);
    return html`<div class="empty">${icon("generic")}<p class="empty-title">${title}</p><p>${hint}</p></div>`;
  }
}

customElements.define("gk-empty", GkEmpty);
