/** `<gk-player>`: pictures and sound of one device, with the control that moves them; tells `gk-shown` with the first picture, and `gk-stop`. Loaded only when somebody watches. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { fill } from "../../gateway-core/contract/page-texts.ts";
import { sayError, sayWhole } from "../../gateway-core/contract/page-words.ts";
import type { Page } from "../elements/control.ts";
import { icon } from "../elements/icon.ts";
import { LightElement } from "../elements/light-element.ts";
import { widgetControl } from "../elements/widget-control.ts";
import { takeBegun } from "./begun-player.ts";
import { LivePlayer, type PlayerNews, type PlayerState } from "./live-player.ts";
import allTexts from "./player-texts.json" with { type: "json" };
import { Standstill } from "./standstill.ts";
import type { Problem } from "./stream-client.ts";
import { type OpenVideo, takeVideo } from "./video-ahead.ts";

export { beginPlayer, forgetBegun } from "./begun-player.ts";

export class GkPlayer extends LightElement {
  static override properties = {
    device: { attribute: false },
    page: { attribute: false },
    state: { state: true },
    rungs: { state: true },
    audioCount: { state: true },
    audio: { state: true },
    muted: { state: true },
  };
  /** As the person wishes it. */
  declare device: PageDevice;
  declare page: Page;
  declare state: PlayerState;
  declare problem: Problem | undefined;
  declare rungs: NonNullable<PlayerNews["rungs"]>;
  declare audioCount: number;
  /** The sound that is heard, from 1 on: also when the device has shown but one for a while, and when the stream is begun again. */
  declare audio: number;
  declare muted: boolean;
  #player: LivePlayer | undefined;
  /** What a press began. */
  #begun: LivePlayer | undefined;
  /** What was opened ahead of the first player. */
  #opened: OpenVideo;
  readonly #video: HTMLVideoElement;
  readonly #standstill = new Standstill();

  constructor() {
    super();
    this.state = "connecting";
    this.rungs = [];
    this.audioCount = 0;
    this.audio = 1;
    const begun = takeBegun();
    this.#player = begun?.player;
    this.#begun = begun?.player;
    this.#opened = begun === undefined ? takeVideo() : { video: begun.video, media: undefined };
    this.#video = this.#opened.video;
    this.muted = this.#video.muted;
    this.#video.addEventListener("volumechange", this.#onVolume);
    this.#video.addEventListener("dblclick", this.#full);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#player?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const haveMoved = this.state === "playing" || changed.get("state") === "playing";
    this.#standstill.look(this.#valueOf("transportState"), haveMoved, performance.now());
    this.#video.hidden = this.state === "pictures";
    this.#video.setAttribute("aria-label", this.device.titles[this.page.speech.language]);
  }

  protected override firstUpdated(): void {
    this.#begin();
    // Once that picture's frame is drawn: what is told now is drawn in the next.
    this.#video.requestVideoFrameCallback?.(() => setTimeout(() => this.dispatchEvent(new CustomEvent("gk-shown"))));
  }

  protected override render(): TemplateResult {
    const { speech } = this.page;
    const texts = allTexts[speech.language];
    const name = this.device.titles[speech.language];
    const isOver = this.state === "ended";
    return html`<section class="player" aria-label="${name}: ${speech.texts.watch}" data-state=${this.state} @keydown=${this.#onKey}>
      <div class="screen">
        ${this.#video}
        ${this.state === "pictures" ? html`<img class="moving" src="api/devices/${this.device.id}/motion.jpg" alt=${fill(texts.picture, { name })} />` : nothing}
        ${this.#deed()}
        <div class="player-words" role=${isOver ? "alert" : "status"}>${this.#words(texts)}
          ${isOver ? html`<button class="button" @click=${this.#begin}>${speech.texts.watchAgain}</button>` : nothing}</div>
      </div>
      <div class="player-bar">${this.#control()}${this.#buttons(texts)}</div>
    </section>`;
  }

  #words(texts: Texts): TemplateResult | typeof nothing {
    if (this.state === "ended") {
      // Only what has begun can have ended: its qualities were told.
      const over = this.rungs.length > 0 ? texts.ended : this.page.speech.texts.notWatched;
      return html`<p>${icon("alert")}${fill(over, { reason: this.#reason() })}</p>`;
    }
    if (this.state === "playing" || this.state === "pictures") return nothing;
    // A tape that is paused or wound shows its last picture, and says so itself.
    if (this.state === "stalled" && this.#standstill.isOfDevice) return nothing;
    return html`<p>${texts[this.state]}</p>`;
  }

  /** What the device does, and where it is, as it says itself: over the picture, as on its own screen. */
  #deed(): TemplateResult | typeof nothing {
    const said = this.#sayRole("transportState");
    if (said === "" || this.state === "ended") return nothing;
    const deed = html`<p class="player-deed"><span role="status">${said}</span> <span aria-hidden="true">${this.#sayRole("mediaPosition")}</span></p>`;
    return html`${keyed(said, deed)}`;
  }

  #sayRole(role: string): string {
    const name = this.device.roles[role];
    const widget = name === undefined ? undefined : this.device.widgets[name];
    return widget === undefined ? "" : sayWhole(widget, this.#valueOf(role), this.page.speech);
  }

  #valueOf(role: string): Json {
    return this.device.values[this.device.roles[role] ?? ""]?.value ?? null;
  }

  /** With what takes the room, where that is told and has a name here. */
  #reason(): string {
    const { speech } = this.page;
    const { code = "other", inUse = [] } = this.problem ?? {};
    const reason = sayError(code, speech);
    const names = [...new Set(inUse.flatMap(({ guid }) => (guid && this.page.titleOf(guid)) ?? guid ?? []))];
    const list = new Intl.ListFormat(speech.language);
    return names.length === 0 ? reason : fill(speech.texts.inUse, { reason, names: list.format(names) });
  }

  /** What moves the pictures: the control that the device's tile has. */
  #control(): TemplateResult | typeof nothing {
    const name = this.device.tile.control;
    return name === undefined
      ? nothing
      : html`<div class="control">${widgetControl(this.device, name, this.page)}</div>`;
  }

  #buttons(texts: Texts): TemplateResult {
    const isPlain = this.state === "pictures" || this.state === "ended";
    return html`<div class="player-buttons">
      ${isPlain || this.rungs.length < 2 ? nothing : this.#quality(texts)}
      ${isPlain || this.audioCount < 2 ? nothing : this.#sounds(texts)}
      ${isPlain ? nothing : this.#button(this.muted ? "muted" : "sound", this.muted ? texts.unmute : texts.mute, this.#mute)}
      ${isPlain || !document.fullscreenEnabled ? nothing : this.#button("full", texts.full, this.#full)}
      ${this.#button("close", texts.stop, this.#leave)}</div>`;
  }

  #quality(texts: Texts): TemplateResult {
    const choose = ({ target }: Event): void => {
      if (target instanceof HTMLSelectElement) this.#player?.choose(target.value);
    };
    return html`<select aria-label=${texts.quality} @change=${choose}><option value="">${texts.automatic}</option>${this.rungs.map(
      ({ name, height }) => html`<option value=${name}>${fill(texts.lines, { count: String(height) })}</option>`,
    )}</select>`;
  }

  #sounds(texts: Texts): TemplateResult {
    const choose = ({ target }: Event): void => {
      if (!(target instanceof HTMLSelectElement)) return;
      this.audio = Number(target.value);
      this.#player?.listen(this.audio);
    };
    const numbers = Array.from({ length: this.audioCount }, (_, at) => at + 1);
    return html`<select aria-label=${texts.sounds} @change=${choose}>${numbers.map(
      (number) =>
        html`<option value=${number} ?selected=${number === this.audio}>${fill(texts.soundNumber, { number: String(number) })}</option>`,
    )}</select>`;
  }

  #button(drawing: string, label: string, act: () => void): TemplateResult {
    return html`<button class="round" aria-label=${label} title=${label} @click=${act}>${icon(drawing)}</button>`;
  }

  readonly #begin = (): void => {
    const begun = this.#begun?.device === this.device.id ? this.#begun : undefined;
    this.#begun = undefined;
    if (begun === undefined) this.#player?.close();
    this.state = "connecting";
    this.problem = undefined;
    this.rungs = [];
    this.#player = begun ?? new LivePlayer(this.#opened, this.device.id, this.audio);
    this.#opened = { video: this.#video, media: undefined };
    // What is told has the names that it has here.
    this.#player.tellTo((news) => Object.assign(this, news));
  };

  readonly #leave = (): void => void this.dispatchEvent(new CustomEvent("gk-stop", { bubbles: true }));

  readonly #mute = (): void => {
    this.#video.muted = !this.#video.muted;
  };

  readonly #onVolume = (): void => {
    this.muted = this.#video.muted;
  };

  readonly #full = (): void => {
    const screen = this.querySelector(".screen");
    if (document.fullscreenElement === null) screen?.requestFullscreen().catch(() => undefined);
    else void document.exitFullscreen();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "m") this.#mute();
    else if (event.key === "f") this.#full();
    else return;
    event.preventDefault();
  };
}

type Texts = (typeof allTexts)["en"];

customElements.define("gk-player", GkPlayer);
