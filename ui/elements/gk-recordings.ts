/** `<gk-recordings>`: what was kept of one device's stream, and how more is kept. Fetched when a sheet of a device that sends pictures is opened. */

import { html, nothing, type TemplateResult } from "lit";
import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { fill } from "../../gateway-core/contract/page-texts.ts";
import { sayError } from "../../gateway-core/contract/page-words.ts";
import type { Recording } from "../../gateway-core/contract/recording.ts";
import en from "../../gateway-core/contract/recording-texts/en.json" with { type: "json" };
import ja from "../../gateway-core/contract/recording-texts/ja.json" with { type: "json" };
import { sayBeginning, sayRecording } from "../../gateway-core/contract/recording-words.ts";
import type { Page } from "./control.ts";
import { LightElement } from "./light-element.ts";

/** While something is on its way, and while somebody else may begin something. */
const [soonMs, laterMs] = [2_000, 15_000];
const dictionaries = { en, ja };

interface Shown {
  readonly mayRecord: boolean;
  readonly recordings: readonly Recording[];
}

export class GkRecordings extends LightElement {
  static override properties = {
    device: { attribute: false },
    page: { attribute: false },
    shown: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };
  declare device: PageDevice;
  declare page: Page;
  /** Undefined until it is known, and where nothing is kept. */
  declare shown: Shown | undefined;
  /** The code of what last failed. */
  declare problem: string | undefined;
  declare isBusy: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor() {
    super();
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#looks++;
    clearTimeout(this.#timer);
  }

  protected override firstUpdated(): void {
    void this.#look();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown, problem } = this;
    if (shown === undefined || (!shown.mayRecord && shown.recordings.length === 0)) return nothing;
    const texts = this.#texts;
    return html`<section class="rows recordings"><h3>${texts.recordings}</h3>
      ${problem === undefined ? nothing : html`<p class="failure" role="alert"><span>${sayError(problem, this.page.speech)}</span></p>`}
      ${shown.mayRecord ? this.#recorder(shown) : nothing}
      <ul class="recording-list">${shown.recordings.map((one) => this.#line(one, shown.mayRecord))}</ul></section>`;
  }

  #recorder({ recordings }: Shown): TemplateResult {
    const texts = this.#texts;
    const running = recordings.find(({ state }) => state === "recording");
    const isPossible = !this.isBusy && (running !== undefined || this.device.available);
    const act = (): Promise<void> =>
      running === undefined
        ? this.#ask(`devices/${this.device.id}/recordings`)
        : this.#ask(`recordings/${running.id}/stop`);
    return html`<p class="row end"><button class="button record" aria-pressed=${String(running !== undefined)} ?disabled=${!isPossible} @click=${act}>${running === undefined ? texts.record : texts.stop}</button></p>`;
  }

  #line(recording: Recording, mayChange: boolean): TemplateResult {
    const { id, state, form, progress } = recording;
    const { speech } = this.page;
    const texts = this.#texts;
    const [name, isWhole] = [sayBeginning(recording, speech), state === "whole"];
    const remove = (): void => {
      if (window.confirm(fill(texts.confirm, { name }))) void this.#ask(`recordings/${id}`, "DELETE");
    };
    return html`<li class="row recording" data-state=${state}><div class="recording-words"><b>${name}</b><span>${sayRecording(recording, texts, speech)}</span>
      ${state === "converting" ? html`<progress max="1" value=${progress?.part ?? 0} aria-label=${texts.converting}></progress>` : nothing}</div>
      <div class="recording-deeds">${isWhole ? html`<a class="button" href="api/recordings/${id}/file" download aria-label="${texts.download}: ${name}">${texts.download}</a>` : nothing}
      ${mayChange && isWhole && form !== "mp4" ? this.#button(texts.clip, name, () => this.#ask(`recordings/${id}/clip`)) : nothing}
      ${mayChange && state !== "recording" ? this.#button(texts.remove, name, remove) : nothing}</div></li>`;
  }

  #button(label: string, name: string, act: () => void): TemplateResult {
    return html`<button class="button" aria-label="${label}: ${name}" ?disabled=${this.isBusy} @click=${act}>${label}</button>`;
  }

  get #texts(): typeof en {
    return dictionaries[this.page.speech.language];
  }

  /** What a newer look, or another device, has overtaken is not shown. */
  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    const look = ++this.#looks;
    const response = await fetch(`api/devices/${this.device.id}/recordings`, { cache: "no-store" }).catch(
      () => undefined,
    );
    const shown: Shown | undefined = response?.ok === true ? await response.json().catch(() => undefined) : undefined;
    if (look !== this.#looks) return;
    // Without an answer what was last known stays; a gateway that keeps nothing says so once.
    if (shown !== undefined) this.shown = shown;
    if (response?.status === 404) return;
    const isMoving = this.shown?.recordings.some(({ state }) => state === "recording" || state === "converting");
    this.#lookIn(isMoving === true ? soonMs : laterMs);
  }

  /** A page that nobody sees need not know. */
  #lookIn(delayMs: number): void {
    this.#timer = setTimeout(() => (document.hidden ? this.#lookIn(delayMs) : void this.#look()), delayMs);
  }

  async #ask(path: string, method = "POST"): Promise<void> {
    this.isBusy = true;
    this.problem = undefined;
    try {
      const body = method === "POST" ? { headers: { "content-type": "application/json" }, body: "{}" } : {};
      const response = await fetch(`api/${path}`, { method, ...body });
      if (response.status === 401) location.reload();
      if (!response.ok) {
        const { code = "other" }: { readonly code?: string } = await response.json().catch(() => ({}));
        this.problem = code;
      }
    } catch {
      this.problem = "home-away";
    }
    this.isBusy = false;
    await this.#look();
  }
}

customElements.define("gk-recordings", GkRecordings);
