/** What a node shows of the access link. Pure. */

import type { StationStatus } from "../contract/station.ts";
import type { Access } from "./access.ts";

/** A link that does not stand is told with why, where there is more to it than that nobody answers. */
export function statusOf({ state, trouble }: Pick<Access, "state" | "trouble">): StationStatus {
  const isOpening = state === "connecting" || state === "offline";
  const isTold = trouble !== undefined && trouble !== "home-away" && state !== "online" && state !== "connecting";
  return { state: isOpening ? "opening" : "open", text: isTold ? trouble : state };
}
