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
import { LivePlayer } from "./live-player.ts";
import {
  barButton,
  fillScreen,
  type PlayerTexts,
  qualityList,
  setAside,
  soundList,
  volumeSlider,
} from "./player-bar.ts";
import type { PlayerNews, PlayerState, PlayerWish } from "./player-news.ts";
import allTexts from "./player-texts.json" with { type: "json" };
import { Standstill } from "./standstill.ts";
import type { Problem } from "./stream-client.ts";
import { type OpenVideo, takeVideo } from "./video-ahead.ts";

export { beginPlayer, forgetBegun } from "./begun-player.ts";

const idleMs = 3_000;

export class GkPlayer extends LightElement {
  static override properties = {
    device: { attribute: false },
    page: { attribute: false },
    state: { state: true },
    problem: { state: true },
    rungs: { state: true },
    audioCount: { state: true },
    wish: { state: true },
    canvas: { state: true },
    volume: { state: true },
    isFull: { state: true },
    isIdle: { state: true },
  };
  /** As the person wishes it. */
  declare device: PageDevice;
  declare page: Page;
  declare state: PlayerState;
  declare problem: Problem | undefined;
  declare rungs: NonNullable<PlayerNews["rungs"]>;
  declare audioCount: number;
  /** Stays when the device has shown but one sound for a while, and when the stream is begun again. */
  declare wish: PlayerWish;
  /** Where single pictures are drawn. */
  declare canvas: HTMLCanvasElement | undefined;
  /** 0 of what is muted. */
  declare volume: number;
  declare isFull: boolean;
  /** The hand that points rests: what lies over the pictures makes way for them. */
  declare isIdle: boolean;
  #player: LivePlayer | undefined;
  /** What a press began. */
  #begun: LivePlayer | undefined;
  /** What was opened ahead of the first player. */
  #opened: OpenVideo;
  readonly #video: HTMLVideoElement;
  readonly #standstill = new Standstill();
  #keyed: HTMLElement = this;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.state = "connecting";
    this.rungs = [];
    this.audioCount = 0;
    this.wish = { audio: 1, rung: "" };
    this.isFull = false;
    this.isIdle = false;
    const begun = takeBegun();
    this.#player = begun?.player;
    this.#begun = begun?.player;
    this.#opened = begun === undefined ? takeVideo() : { video: begun.video, media: undefined };
    this.#video = this.#opened.video;
    this.#onVolume();
    this.#video.addEventListener("volumechange", this.#onVolume);
    this.#video.addEventListener("resize", this.#onResize);
    this.#video.addEventListener("dblclick", this.#full);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Its keys are those of all that stands around it.
    this.#keyed = this.closest("dialog") ?? this;
    this.#keyed.addEventListener("keydown", this.#onKey);
    window.addEventListener("pageshow", this.#return);
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#keyed.removeEventListener("keydown", this.#onKey);
    window.removeEventListener("pageshow", this.#return);
    this.#player?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const haveMoved = isMoving(this.state) || isMoving(changed.get("state"));
    this.#standstill.look(this.#valueOf("transportState"), haveMoved, performance.now());
    const { language } = this.page.speech;
    const name = this.device.titles[language];
    this.#video.setAttribute("aria-label", name);
    if (this.canvas === undefined) return;
    this.canvas.role = "img";
    this.canvas.ariaLabel = fill(allTexts[language].picture, { name });
  }

  protected override updated(): void {
    this.style.setProperty("--share", String(this.volume));
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
    return html`<section class="player" aria-label="${name}: ${speech.texts.watch}" data-state=${this.state}
        ?data-idle=${this.isIdle && isMoving(this.state)}
        @fullscreenchange=${this.#onFull} @pointermove=${this.#stir} @pointerdown=${this.#stir}>
      <div class="screen">${this.canvas ?? this.#video}${this.#deed()}
        <div class="player-words" role=${isOver ? "alert" : "status"}>${this.#words(texts)}
          ${isOver ? html`<button class="button" @click=${this.#again}>${speech.texts.watchAgain}</button>` : nothing}</div>
      </div>
      <div class="player-bar">${this.#control()}${this.#buttons(texts)}</div>
    </section>`;
  }

  #words(texts: PlayerTexts): TemplateResult | typeof nothing {
    if (this.state === "ended") {
      // Only what has begun can have ended: its qualities were told.
      const over = this.rungs.length > 0 ? texts.ended : this.page.speech.texts.notWatched;
      return html`<p>${icon("alert")}${fill(over, { reason: this.#reason() })}</p>`;
    }
    if (isMoving(this.state)) return nothing;
    // A tape that is paused or wound shows its last picture, and says so itself.
    if (this.state === "stalled" && this.#standstill.isOfDevice) return nothing;
    const isTried = this.state === "connecting" && this.problem !== undefined;
    return html`<p>${isTried ? fill(texts.trying, { reason: this.#reason() }) : texts[this.state]}</p>`;
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

  #buttons(texts: PlayerTexts): TemplateResult {
    const isHeard = this.canvas === undefined && this.state !== "ended";
    const { pictureInPictureEnabled } = document;
    const full = this.isFull ? "unfull" : "full";
    return html`<div class="player-buttons">${isHeard ? this.#choices(texts) : nothing}
      ${isHeard && pictureInPictureEnabled ? barButton("aside", texts.aside, this.#aside) : nothing}
      ${this.#mayFill() ? barButton(full, texts[full], this.#full) : nothing}
      ${barButton("close", texts.stop, this.#leave)}</div>`;
  }

  #choices(texts: PlayerTexts): TemplateResult {
    const sound = this.volume === 0 ? "muted" : "sound";
    return html`${qualityList(
      this.rungs,
      this.wish,
      isMoving(this.state) ? this.#video.videoHeight : 0,
      texts,
      (rung) => {
        this.wish = { ...this.wish, rung };
        this.#player?.choose(rung);
      },
    )}${soundList(this.audioCount, this.wish, texts, (audio) => {
      this.wish = { ...this.wish, audio };
      this.#player?.listen(audio);
    })}${barButton(sound, texts[sound], this.#mute)}${volumeSlider(this.#video, texts)}`;
  }

  /** A telephone may fill its screen with a video and with nothing else. */
  #mayFill(): boolean {
    return document.fullscreenEnabled || (this.canvas === undefined && "webkitEnterFullscreen" in this.#video);
  }

  readonly #begin = (): void => {
    const begun = this.#begun?.device === this.device.id ? this.#begun : undefined;
    this.#begun = undefined;
    if (begun === undefined) this.#player?.close();
    this.state = "connecting";
    this.problem = undefined;
    this.rungs = [];
    this.canvas = undefined;
    this.#player = begun ?? new LivePlayer(this.#opened, this.device.id, this.wish);
    this.#opened = { video: this.#video, media: undefined };
    // What is told has the names that it has here.
    this.#player.tellTo((news) => Object.assign(this, news));
  };

  /** A page that was left gave its stream up, and may come back as it was. */
  readonly #return = ({ persisted }: PageTransitionEvent): void => {
    if (persisted && this.state !== "ended") this.#begin();
  };

  /** The button goes with what it was for: the focus stays here. */
  readonly #again = (): void => {
    this.#begin();
    this.focus();
  };

  readonly #leave = (): void => void this.dispatchEvent(new CustomEvent("gk-stop", { bubbles: true }));

  readonly #mute = (): void => {
    this.#video.muted = this.volume > 0;
    // To be heard is what is wished, however low it was.
    this.#video.volume ||= 1;
  };

  readonly #onVolume = (): void => {
    this.volume = this.#video.muted ? 0 : this.#video.volume;
  };

  readonly #onResize = (): void => {
    this.requestUpdate();
  };

  readonly #full = (): void => fillScreen(this.querySelector(".player"), this.#video);

  readonly #onFull = (): void => {
    this.isFull = document.fullscreenElement !== null;
    this.#stir();
  };

  readonly #stir = (): void => {
    clearTimeout(this.#idle);
    this.isIdle = false;
    if (!this.isFull) return;
    this.#idle = setTimeout(() => {
      this.isIdle = true;
    }, idleMs);
  };

  readonly #aside = (): void => setAside(this.#video);

  readonly #onKey = (event: KeyboardEvent): void => {
    this.#stir();
    const isWritten = event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement;
    if (isWritten || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "m") this.#mute();
    else if (event.key === "f") this.#full();
    else return;
    event.preventDefault();
  };
}

const isMoving = (state: PlayerState | undefined): state is "playing" | "pictures" =>
  state === "playing" || state === "pictures";

customElements.define("gk-player", GkPlayer);
