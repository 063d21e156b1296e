/** `<gk-slider>`: a native range input with its value beside it. It follows the hand at once and tells `gk-set` when the hand lets go. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { LightElement } from "./light-element.ts";

export class GkSlider extends LightElement {
  static override properties = {
    value: { attribute: false },
    widget: { attribute: false },
    label: {},
    disabled: { type: Boolean },
    say: { attribute: false },
    dragged: { state: true },
  };
  /** null where it is no number. */
  declare value: number | null;
  declare widget: { readonly minimum: number; readonly maximum: number; readonly step: number };
  declare label: string;
  declare disabled: boolean;
  /** How a value is said. */
  declare say: (value: number | null) => string;
  declare dragged: number | null;

  constructor() {
    super();
    this.dragged = null;
  }

  protected override render(): TemplateResult {
    const { minimum, maximum, step } = this.widget;
    const shown = this.dragged ?? this.value;
    return html`<input type="range" min=${minimum} max=${maximum} step=${step} .value=${String(shown ?? minimum)}
        aria-label=${this.label} aria-valuetext=${this.say(shown)} ?disabled=${this.disabled || nothing}
        @input=${this.#drag} @change=${this.#drop} />
      <output class="slid">${this.say(shown)}</output>`;
  }

  /** The content security policy allows no style attribute, but a property may be set. */
  protected override updated(_changed: PropertyValues): void {
    const { minimum, maximum } = this.widget;
    const share = ((this.dragged ?? this.value ?? minimum) - minimum) / (maximum - minimum);
    this.style.setProperty("--share", String(Math.min(1, Math.max(0, share))));
  }

  readonly #drag = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.dragged = event.target.valueAsNumber;
  };

  readonly #drop = (): void => {
    const detail = this.dragged;
    this.dragged = null;
    if (detail !== null && detail !== this.value) this.dispatchEvent(new CustomEvent("gk-set", { detail }));
  };
}

customElements.define("gk-slider", GkSlider);
