/** The page's line icons, 24 units square. */

import { html, type TemplateResult } from "lit";
import icons from "../../gateway-core/contract/page-icons.json" with { type: "json" };

const drawings: Readonly<Record<string, string>> = icons;

export function icon(name: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${drawings[name] ?? icons.generic}></path></svg>`;
}
