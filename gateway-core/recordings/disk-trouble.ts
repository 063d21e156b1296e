/** Why recordings cannot be written down, in the house's words. */

import { HomeError } from "../contract/errors.ts";

export const recordingsFull = (reason: "megabytes" | "disk" | "count"): HomeError =>
  new HomeError("recordings-full", "there is no room for more recordings", { reason });

/** What a disk does not do, with the reason. @throws HomeError `recordings-full`, `recordings-unwritable`, and what else it was */
export async function onDisk<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOSPC" || code === "EDQUOT") throw recordingsFull("disk");
    if (!["EROFS", "EACCES", "EPERM"].includes(code)) throw cause;
    throw new HomeError("recordings-unwritable", "the folder of recordings cannot be written to", {}, cause);
  }
}
