/** The bus of a home that has none: no nodes, and no way to get any. */

import { type Answer, type Bus, noBus } from "./bus.ts";

const answer: Answer = { rcode: "cancelled", data: new Uint8Array(0) };
const stop = (): void => undefined;

export const absentBus: Bus = {
  state: noBus,
  read: async () => answer,
  write: async () => "cancelled",
  lock: async () => answer,
  resetBus: stop,
  onReset: () => stop,
  onFcp: () => stop,
  listen: () => stop,
  [Symbol.asyncDispose]: async () => undefined,
};
