/** `<gk-tile>`: one device at a glance, with its most used control, and the link that opens its sheet. */

import { html, nothing, type TemplateResult } from "lit";
import type { Trend } from "../../gateway-core/contract/history.ts";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import {
  accentOf,
  iconOf,
  levelOf,
  tileControlOf,
  tileToggleOf,
  withTileControl,
} from "../../gateway-core/contract/page-look.ts";
import { say } from "../../gateway-core/contract/page-words.ts";
import { loadPlayerAhead, pressWatch } from "../player/load-player.ts";
import { writeUsualAhead } from "../player/media-buffer.ts";
import { DeviceElement } from "./device-element.ts";
import { icon } from "./icon.ts";
import { widgetControl } from "./widget-control.ts";
import { failureLines, isPending } from "./wish-lines.ts";

export class GkTile extends DeviceElement {
  static override properties = { ...DeviceElement.properties, trend: { attribute: false } };
  /** How its value went. */
  declare trend: Trend | undefined;

  /** Draws it at once, and not when the browser comes to it: who draws many knows then what each takes. */
  drawNow(): void {
    this.performUpdate();
  }

  protected override render(): TemplateResult {
    const { device, state } = this.drawn();
    const { speech } = this.page;
    const { value, control } = device.tile;
    const toggle = tileToggleOf(device);
    const title = device.titles[speech.language];
    return html`<article class="tile" data-device=${device.id} data-accent=${accentOf(device)} ?data-silent=${!device.available}
        aria-busy=${String(isPending(this.wishes))}>
      <div class="tile-head"><span class="tile-icon">${icon(iconOf(device))}</span>
        <div class="tile-words"><h3>${this.#link(device)}</h3>
          <p class="tile-state">${state}</p></div>
        ${toggle?.isGuarded === false ? widgetControl(device, toggle.name, this.page) : nothing}</div>
      <div class="tile-body">${value === undefined || value === control ? nothing : this.#figure(device, value)}${this.#spark()}
        ${device.hasStream === true && device.available ? this.#watchButton(title) : nothing}
        ${toggle?.isGuarded === true ? html`<div class="tile-control wide">${widgetControl(device, toggle.name, this.page)}</div>` : nothing}
        ${control === undefined ? nothing : this.#control(device, control)}</div>
      ${failureLines(this.device, this.wishes, this.page)}</article>`;
  }

  #link({ id, titles }: PageDevice): TemplateResult {
    const query = this.page.isKiosk ? "?kiosk=1" : "";
    return html`<a class="tile-open" href="devices/${id}${query}" aria-haspopup="dialog">${titles[this.page.speech.language]}</a>`;
  }

  protected override firstUpdated(): void {
    if (this.device.hasStream !== true) return;
    loadPlayerAhead();
    writeUsualAhead();
  }

  #watchButton(title: string): TemplateResult {
    const { watch } = this.page.speech.texts;
    const isAlone = this.device.tile.value === undefined;
    return html`<button class=${isAlone ? "button watch-button" : "round watch-mark"} aria-label="${title}: ${watch}" aria-haspopup="dialog"
      @click=${this.#watch}>${icon("watch")}${isAlone ? watch : nothing}</button>`;
  }

  #figure(device: PageDevice, name: string): TemplateResult | typeof nothing {
    const widget = device.widgets[name];
    if (widget === undefined) return nothing;
    const { text, unit } = say(widget, device.values[name]?.value, this.page.speech);
    const level = levelOf(device);
    return html`<div class="tile-value"><p class="figure">${text}${unit === "" ? nothing : html`<span class="unit">${unit}</span>`}</p>
      ${level === undefined ? nothing : html`<svg class="level" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${100 * level} height="8"></rect></svg>`}</div>`;
  }

  #spark(): TemplateResult | typeof nothing {
    const { trend } = this;
    return trend === undefined
      ? nothing
      : html`<svg class="spark" viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true"><path class=${trend.kind} d=${trend.line}></path></svg>`;
  }

  #control(device: PageDevice, name: string): TemplateResult {
    const stands = tileControlOf(device);
    const title =
      stands === "named"
        ? html`<span class="control-name">${device.widgets[name]?.titles[this.page.speech.language]}</span>`
        : nothing;
    return html`<div class="tile-control ${standing[stands]}">${title}${widgetControl(withTileControl(device), name, this.page)}</div>`;
  }

  readonly #watch = async (): Promise<void> => {
    const { id } = this.device;
    await pressWatch(id);
    this.dispatchEvent(new CustomEvent("gk-watch", { detail: id, bubbles: true }));
  };
}

const standing = { figure: "figured", wide: "wide", alone: "", named: "" };

customElements.define("gk-tile", GkTile);
