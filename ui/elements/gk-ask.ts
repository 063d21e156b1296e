/**
 * `<gk-ask>`: a button for what should not happen by a mere touch; tells `gk-yes`. It asks in a dialog, or, with `hold`, wants to be kept
 * pressed, by finger or key; whoever cannot keep pressing (a screen reader presses for them) is asked.
 */

import { html, nothing, type TemplateResult } from "lit";
import { fill, type Speech } from "../../gateway-core/contract/page-texts.ts";
import { LightElement } from "./light-element.ts";

/** As long as `--held` of the style sheet. */
const holdMs = 1_000;

export class GkAsk extends LightElement {
  static override properties = {
    deed: {},
    label: {},
    hold: { type: Boolean },
    disabled: { type: Boolean },
    speech: { attribute: false },
    isHeld: { state: true },
  };
  /** "Unlock". */
  declare deed: string;
  /** Names device and property. */
  declare label: string;
  declare hold: boolean;
  declare disabled: boolean;
  declare speech: Speech;
  declare isHeld: boolean;
  #holding: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.isHeld = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#release();
  }

  protected override render(): TemplateResult {
    const { texts } = this.speech;
    const shown = this.hold ? fill(texts.hold, { name: this.deed.toLocaleLowerCase(this.speech.language) }) : this.deed;
    return html`<button class=${this.hold ? "button hold" : "button"} aria-label="${shown}: ${this.label}" ?data-held=${this.isHeld}
        aria-haspopup=${this.hold ? nothing : "dialog"} ?disabled=${this.disabled} @click=${this.#ask} @pointerdown=${this.#touch}
        @pointerup=${this.#release} @pointerleave=${this.#release} @pointercancel=${this.#release} @blur=${this.#release}
        @keydown=${this.#press} @keyup=${this.#letGo} @contextmenu=${this.#stay}><span>${shown}</span></button>
      <dialog class="ask" aria-label=${this.deed}><p>${fill(texts.confirm, { name: this.deed })}</p>
        <div class="answers"><button class="button quiet" @click=${this.#close}>${texts.cancel}</button>
          <button class="button" @click=${this.#agree}>${this.deed}</button></div></dialog>`;
  }

  /** By finger, mouse and key it was held, or not long enough: only a click that came by neither is one to ask about. */
  readonly #ask = ({ detail }: MouseEvent): void => {
    if (!this.hold || detail === 0) this.querySelector("dialog")?.showModal();
  };

  readonly #touch = (event: PointerEvent): void => {
    if (event.button === 0) this.#begin();
  };

  readonly #press = (event: KeyboardEvent): void => {
    if (!this.hold || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (!event.repeat) this.#begin();
  };

  /** A browser makes a click of a key that is let go. */
  readonly #letGo = (event: KeyboardEvent): void => {
    if (this.hold) event.preventDefault();
    this.#release();
  };

  /** A long touch would open a menu. */
  readonly #stay = (event: Event): void => {
    if (this.isHeld) event.preventDefault();
  };

  #begin(): void {
    if (!this.hold || this.disabled) return;
    this.#release();
    this.isHeld = true;
    this.#holding = setTimeout(() => {
      this.#release();
      this.#tell();
    }, holdMs);
  }

  readonly #release = (): void => {
    clearTimeout(this.#holding);
    this.isHeld = false;
  };

  readonly #close = (): void => this.querySelector("dialog")?.close();

  readonly #agree = (): void => {
    this.#close();
    this.#tell();
  };

  readonly #tell = (): void => void this.dispatchEvent(new CustomEvent("gk-yes"));
}

customElements.define("gk-ask", GkAsk);
