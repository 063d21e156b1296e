/** The device of an open sheet, also while a gateway that was begun anew has yet to find it: as it was, and not answering. */

import type { DeviceId } from "../gateway-core/contract/device.ts";
import type { PageDevice, PageEvent } from "../gateway-core/contract/page.ts";

/** What a gateway does not find within this is not there. */
const soonMs = 60_000;

export class AwaitedDevice {
  #last: PageDevice | undefined;
  #until = Number.NEGATIVE_INFINITY;

  hear(event: PageEvent | undefined): void {
    if (event?.type === "snapshot") this.#until = performance.now() + soonMs;
    if (event?.type === "gone" && event.device === this.#last?.id) this.#last = undefined;
  }

  /** Undefined for one that went, or is awaited no longer. */
  find(devices: ReadonlyMap<DeviceId, PageDevice>, id: DeviceId): PageDevice | undefined {
    const there = devices.get(id);
    if (there !== undefined) this.#last = there;
    if (there !== undefined || this.#last?.id !== id || performance.now() >= this.#until) return there;
    return { ...this.#last, available: false };
  }
}
