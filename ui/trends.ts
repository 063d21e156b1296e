/** How the values of tiles went in the last day: at first as the gateway printed it, then fetched now and again. */

import type { Trend } from "../gateway-core/contract/history.ts";

export class Trends {
  #known: ReadonlyMap<string, Trend> = new Map();

  adopt(printed: Element): void {
    const lines = [...printed.querySelectorAll<SVGPathElement>(".tile .spark path")];
    this.#known = new Map(
      lines.map((path) => [
        path.closest<HTMLElement>(".tile")?.dataset["device"] ?? "",
        { kind: path.classList.contains("total") ? "total" : "measured", line: path.getAttribute("d") ?? "" },
      ]),
    );
  }

  of(device: string): Trend | undefined {
    return this.#known.get(device);
  }

  /** What cannot be fetched stays as it was. */
  async fetch(): Promise<void> {
    const response = await fetch("api/trends").catch(() => undefined);
    if (response?.ok !== true) return;
    const trends: Readonly<Record<string, Trend>> = await response.json();
    this.#known = new Map(Object.entries(trends));
  }
}
