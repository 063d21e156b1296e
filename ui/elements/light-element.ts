/** An element that renders into the page itself, so that the one style sheet draws what the gateway printed and what the browser renders. */

import { LitElement } from "lit";

export class LightElement extends LitElement {
  /** What was printed here for the first paint gives way to the first rendering. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }
}
