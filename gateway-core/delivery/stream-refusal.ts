/** Why a viewer may not watch a device: what they were not granted to see is not there (contract/grant.ts). Pure. */

import { HomeError } from "../contract/errors.ts";
import { type Grant, maySeeDevice, mayWatch, windowRefusal } from "../contract/grant.ts";

/** `now` in milliseconds since 1970. */
export function streamRefusal(grant: Grant, device: string, now: number): HomeError | undefined {
  const isGranted = mayWatch(grant, device);
  return (
    windowRefusal(grant, now) ?? (isGranted ? undefined : new HomeError("not-granted", "streams were not granted"))
  );
}

/** @throws HomeError `unknown-device`, `not-granted` */
export function mayOpenStream(grant: Grant, device: string, now: number): void {
  if (!maySeeDevice(grant, device)) throw new HomeError("unknown-device", `no device ${device} is known`, { device });
  const refusal = streamRefusal(grant, device, now);
  if (refusal !== undefined) throw refusal;
}
