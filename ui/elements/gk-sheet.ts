/** `<gk-sheet>`: everything of one device, in a dialog; tells `gk-close`. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { PageDevice, PageSection } from "../../gateway-core/contract/page.ts";
import { accentOf, iconOf, linesOf } from "../../gateway-core/contract/page-look.ts";
import { forgetPress, loadPlayer, pressWatch } from "../player/load-player.ts";
import { DeviceElement } from "./device-element.ts";
import { icon } from "./icon.ts";
import { widgetControl } from "./widget-control.ts";
import { failureLines, isPending } from "./wish-lines.ts";

/** Who presses sees the rest of the sheet so soon, whatever the pictures do. */
const restMs = 200;

export class GkSheet extends DeviceElement {
  static override properties = { ...DeviceElement.properties, watching: { type: Boolean }, isWhole: { state: true } };
  /** Whether its pictures are shown. */
  declare watching: boolean;
  /** Whether what stands below the pictures is drawn: the first of them comes before it, or is still on its way. */
  declare isWhole: boolean;
  #isFetched = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("watching") && this.watching) loadPlayer().catch(() => location.reload());
    if (!this.hasUpdated) this.isWhole = !this.watching;
  }

  protected override render(): TemplateResult {
    const { device, state } = this.drawn();
    const { speech } = this.page;
    const { texts, language } = speech;
    return html`<dialog class="sheet" aria-labelledby="sheet-title" data-accent=${accentOf(device)}
        ?data-silent=${!device.available} aria-busy=${String(isPending(this.wishes))}
        @close=${this.#tellClosed} @click=${this.#leave}>
      <header class="sheet-head"><span class="tile-icon">${icon(iconOf(device))}</span>
        <div class="tile-words"><h2 id="sheet-title">${device.titles[language]}</h2><p class="tile-state">${state}</p></div>
        <button class="round" autofocus aria-label=${texts.close} @click=${this.#close}>${icon("close")}</button></header>
      <div class="sheet-body">${device.hasStream === true ? this.#stream(device) : nothing}${this.isWhole ? this.#rest(device) : nothing}</div>
    </dialog>`;
  }

  #rest(device: PageDevice): TemplateResult {
    const { texts } = this.page.speech;
    return html`${failureLines(this.device, this.wishes, this.page)}${device.hasStream === true ? html`<gk-recordings .device=${device} .page=${this.page}></gk-recordings>` : nothing}${device.sections.map((section) => this.#section(device, section))}
        ${device.detected === undefined ? nothing : html`<section class="rows"><h3>${texts.detected}</h3><p class="detected">${device.detected}</p></section>`}
        ${device.histories === undefined ? nothing : html`<gk-history .device=${this.device} .page=${this.page} .minute=${this.minute}></gk-history>`}
        ${device.isPartial || this.page.isKiosk ? nothing : html`<a class="edit-link" href="devices/${device.id}?edit">${texts.edit}</a>`}`;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    // Behind what its parts draw of themselves: to open it lays everything out, and once will do.
    queueMicrotask(() => this.#dialog?.showModal());
    if (!this.isWhole) setTimeout(this.#drawRest, restMs);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("watching")) this.#keepFocus();
    if (!this.isWhole || this.#isFetched) return;
    this.#isFetched = true;
    // Most who come want to switch something: the chart is fetched by who may look at one.
    if (this.device.histories !== undefined) import("./gk-history.ts").catch(() => undefined);
    if (this.device.hasStream === true) import("./gk-recordings.ts").catch(() => undefined);
  }

  /** What was pressed is no longer there: who goes on by keys goes on from where it was. */
  #keepFocus(): void {
    if (this.#dialog?.open !== true || this.#dialog.contains(document.activeElement)) return;
    this.querySelector<HTMLElement>(this.watching ? "gk-player" : ".watch > button")?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    forgetPress();
  }

  #stream(device: PageDevice): TemplateResult {
    if (this.watching)
      return html`<gk-player tabindex="-1" .device=${device} .page=${this.page} @gk-stop=${this.#stop} @gk-shown=${this.#drawRest}></gk-player>`;
    return html`<p class="watch"><button class="button" ?disabled=${!device.available} @click=${this.#watch}>${icon("watch")}${this.page.speech.texts.watch}</button></p>`;
  }

  #section(device: PageDevice, { titles, items }: PageSection): TemplateResult {
    const { language } = this.page.speech;
    // What moves the pictures stands below them, and once.
    const shown = this.watching ? items.filter((name) => name !== device.tile.control) : items;
    return html`<section class="rows"><h3>${titles[language]}</h3>${linesOf(shown, device.widgets).map((names) => this.#row(device, names))}</section>`;
  }

  /** What can only be pressed says itself what it is. */
  #row(device: PageDevice, names: readonly string[]): TemplateResult {
    const [name = ""] = names;
    const widget = device.widgets[name];
    const controls = names.map((one) => widgetControl(device, one, this.page));
    if (widget?.widget === "action") return html`<div class="row deeds">${controls}</div>`;
    return html`<div class="row" data-widget=${widget?.widget ?? ""}><span class="row-name">${widget?.titles[this.page.speech.language]}</span>
      <div class="control">${controls}</div></div>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  readonly #drawRest = (): void => {
    this.isWhole = true;
  };

  readonly #watch = async (): Promise<void> => {
    await pressWatch(this.device.id);
    this.watching = true;
  };

  readonly #stop = (): void => {
    this.watching = false;
  };

  readonly #close = (): void => this.#dialog?.close();

  /** Browsers tell it with the next frame: by then this sheet may be gone, and another one open. */
  readonly #tellClosed = (): void => {
    if (this.isConnected) this.dispatchEvent(new CustomEvent("gk-close"));
  };

  /** A click beside the sheet. */
  readonly #leave = (event: MouseEvent): void => {
    if (event.target === this.#dialog) this.#close();
  };
}

customElements.define("gk-sheet", GkSheet);
