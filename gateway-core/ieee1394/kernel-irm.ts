/** Channel and bandwidth by a kernel that manages them itself: the same errors as of a program that locks the registers (irm.ts). */

import { HomeError } from "../contract/errors.ts";
import type { Reservations } from "./bus.ts";
import { busFull } from "./irm.ts";
import type { Reserved } from "./linux/card-messages.ts";

export interface KernelIrmOptions {
  reserve(units: number, wish: number | undefined): Promise<Reserved>;
  free(channel: number, units: number): Promise<void>;
  isOpen(): boolean;
}

export function createKernelIrm({ reserve, free, isOpen }: KernelIrmOptions): Reservations {
  return {
    async reserve(units, wish) {
      if (!isOpen()) throw new HomeError("device-unavailable", "there is no serial bus");
      const reserved = await reserve(units, wish);
      if ("channel" in reserved) return { ...reserved, units };
      throw busFull(units, reserved.availableUnits);
    },
    async free({ channel, units }) {
      if (isOpen()) await free(channel, units);
    },
  };
}
