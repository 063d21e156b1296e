/** How the values of tiles went in the last day: at first as the gateway printed it, then fetched now and again. */

import type { DeviceId } from "../gateway-core/contract/device.ts";
import type { Trend } from "../gateway-core/contract/history.ts";

export class Trends {
  #known = new Map<DeviceId, Trend>();

  /** What the gateway printed in the device's tile. */
  adopt(device: DeviceId, printed: Element): void {
    const path = printed.querySelector(".spark path");
    if (path === null || this.#known.has(device)) return;
    const kind = path.classList.contains("total") ? "total" : "measured";
    this.#known.set(device, { kind, line: path.getAttribute("d") ?? "" });
  }

  of(device: DeviceId): Trend | undefined {
    return this.#known.get(device);
  }

  /** Of which devices there is one; what cannot be fetched stays as it was. */
  async fetch(): Promise<readonly DeviceId[]> {
    const response = await fetch("api/trends").catch(() => undefined);
    if (response?.ok !== true) return [];
    const trends: Readonly<Record<DeviceId, Trend>> = await response.json();
    this.#known = new Map(Object.entries(trends));
    return [...this.#known.keys()];
  }
}
