/** `<gk-home>`: the whole page, once the first news of the home is there; until then what the gateway printed stays. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { PageDevice, PageEvent } from "../../gateway-core/contract/page.ts";
import { type Place, placesOf } from "../../gateway-core/contract/page-look.ts";
import { sayCounts, sayEmpty } from "../../gateway-core/contract/page-words.ts";
import { LiveDevices } from "../live-devices.ts";
import { Commands } from "../send-command.ts";
import { speechOfDocument } from "../speech.ts";
import { Trends } from "../trends.ts";
import { Turns } from "../turns.ts";
import type { Page } from "./control.ts";
import { icon } from "./icon.ts";
import { LightElement } from "./light-element.ts";
import "./gk-sheet.ts";
import "./gk-tile.ts";

const minuteMs = 60_000;
const trendMinutes = 10;

export class GkHome extends LightElement {
  static override properties = { opened: { state: true }, minute: { state: true } };
  /** The device whose sheet is open. */
  declare opened: string | null;
  declare minute: number;

  readonly #live = new LiveDevices();
  readonly #commands = new Commands(this.#live, () => this.requestUpdate());
  readonly #speech = speechOfDocument();
  readonly #page: Page = {
    speech: this.#speech,
    isKiosk: new URLSearchParams(location.search).get("kiosk") === "1",
    turns: new Turns(),
    printedTile: (device) => {
      const printed = this.#printed.get(device);
      this.#printed.delete(device);
      return printed;
    },
    titleOf: (part) => {
      const found = [...this.#live.state.devices.values()].find(({ id }) => id.includes(part));
      return found?.titles[this.#speech.language];
    },
    send: (device, name, value, delayMs) => this.#commands.send(device, name, value, delayMs),
    retry: (device, wish) => this.#commands.retry(device, wish),
    wishOf: (device, name) => this.#commands.of(device).get(name),
  };
  /** What of the first paint stays: the menu in the corner, and the note for who may only look. */
  #corner: Element | null = null;
  /** Tiles that wait for the elements that will draw them anew. */
  #printed: Map<string, Element> = new Map();
  readonly #trends = new Trends();
  #viewOnly: Element | null = null;
  /** The sheet was opened to watch its device. */
  #isWatching = false;
  #unsubscribe: () => void = () => undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.opened = openedInHistory();
    this.minute = 0;
  }

  override connectedCallback(): void {
    this.#unsubscribe = this.#live.subscribe(this.#receive);
    this.#live.start();
    this.#ticking = setInterval(this.#tick, minuteMs);
    window.addEventListener("popstate", this.#travel);
    if (this.hasUpdated) super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe();
    this.#live.stop();
    clearInterval(this.#ticking);
    window.removeEventListener("popstate", this.#travel);
  }

  protected override createRenderRoot(): HTMLElement {
    this.#corner = this.querySelector(".corner");
    this.#trends.adopt(this);
    const tiles = this.querySelectorAll<HTMLElement>(".tile[data-device]");
    this.#printed = new Map([...tiles].map((tile) => [tile.dataset["device"] ?? "", tile]));
    this.#viewOnly = this.querySelector(".view-only");
    return super.createRenderRoot();
  }

  /** The sheet of a device that went is no place to be in. */
  protected override willUpdate(): void {
    if (this.opened !== null && !this.#live.state.devices.has(this.opened)) this.#close();
  }

  protected override render(): TemplateResult {
    const { texts } = this.#speech;
    const devices = [...this.#live.state.devices.values()];
    const opened = this.opened === null ? undefined : this.#live.state.devices.get(this.opened);
    return html`<header class="top"><div><h1>${texts.home}</h1><p class="counts" role="status">${sayCounts(devices, this.#speech)}</p></div>${this.#corner}</header>
      ${this.#viewOnly}
      <div role="status">${this.#notice()}</div>
      <main>${
        devices.length === 0
          ? this.#empty()
          : repeat(
              placesOf(devices, this.#speech),
              ({ of, title }) => `${of} ${title}`,
              (place) => this.#place(place),
            )
      }</main>
      ${opened === undefined ? nothing : this.#sheet(opened)}`;
  }

  /** What people hid is one touch away. */
  #place({ of, title, devices }: Place): TemplateResult {
    const heading = html`<h2 class=${title === null ? "unseen" : nothing}>${title ?? this.#speech.texts.devices}</h2>`;
    const tiles = html`<ul class="tiles">${repeat(
      devices,
      ({ id }) => id,
      (device) => html`<li><gk-tile .device=${device} .wishes=${this.#commands.of(device.id)} .page=${this.#page}
        .minute=${this.minute} .trend=${this.#trends.of(device.id)} @gk-open=${this.#open}
        @gk-watch=${this.#watch}></gk-tile></li>`,
    )}</ul>`;
    return of === "hidden"
      ? html`<details class="place apart"><summary>${heading}</summary>${tiles}</details>`
      : html`<section class="place">${heading}${tiles}</section>`;
  }

  #sheet(device: PageDevice): TemplateResult {
    return html`<gk-sheet .device=${device} .wishes=${this.#commands.of(device.id)} .page=${this.#page}
      .minute=${this.minute} ?watching=${this.#isWatching} @gk-close=${this.#close}></gk-sheet>`;
  }

  /** Why the values may be old: one line at most. */
  #notice(): TemplateResult | typeof nothing {
    const { texts } = this.#speech;
    const { reach, state } = this.#live;
    const said = {
      lost: texts.connecting,
      away: texts.homeAway,
      "not-wired": texts.pageNotWired,
      connecting: "",
      fine: "",
    };
    const text = said[reach] || (state.isLive || state.devices.size === 0 ? "" : texts.notLive);
    return text === "" ? nothing : html`<p class="notice">${text}</p>`;
  }

  #empty(): TemplateResult {
    const { title, hint } = sayEmpty(this.#live.state.isLive, this.#speech);
    return html`<div class="empty">${icon("generic")}<p class="empty-title">${title}</p><p>${hint}</p></div>`;
  }

  /** A curve of a day is true for some minutes. */
  readonly #tick = (): void => {
    this.minute++;
    if (this.minute % trendMinutes !== 0 || document.hidden) return;
    void this.#trends.fetch().then(() => this.requestUpdate());
  };

  readonly #open = ({ detail }: CustomEvent<string>): void => {
    this.opened = detail;
    history.pushState({ opened: detail }, "");
  };

  readonly #watch = (event: CustomEvent<string>): void => {
    this.#isWatching = true;
    this.#open(event);
  };

  /** Leaves the sheet's entry in the history too; once, for another step back would leave the page. */
  readonly #close = (): void => {
    if (this.opened === null) return;
    this.#isWatching = false;
    this.opened = null;
    history.back();
  };

  /** Back closes the sheet, forward opens it again. A dialog that is closed, not only removed, gives the focus back. */
  readonly #travel = (): void => {
    this.opened = openedInHistory();
    if (this.opened === null) this.querySelector<HTMLDialogElement>("dialog.sheet")?.close();
    this.#isWatching = false;
  };

  readonly #receive = (event: PageEvent | undefined): void => {
    if (event !== undefined) this.#commands.receive(event);
    if (this.hasUpdated) this.requestUpdate();
    else if (this.#live.state.seq > 0) super.connectedCallback();
  };
}

/** The device whose sheet this entry of the history shows. */
function openedInHistory(): string | null {
  const state: { readonly opened?: unknown } | null = history.state;
  return typeof state?.opened === "string" ? state.opened : null;
}

customElements.define("gk-home", GkHome);
