/** Whether an FFmpeg that works is there, which the gateway needs to convert video, and nothing else needs. */

import { searchFfmpeg } from "../../gateway-core/gateway.ts";
import { systemClock } from "../../host/system-host.ts";
import { type Check, findings } from "./finding.ts";

/** Each is proven anew: who asks the doctor may have just mended it. */
const forgetful = { read: () => undefined, write: () => undefined };

export const ffmpeg: Check = async ({ args }) => {
  const { ok, warn } = findings("ffmpeg", args.language);
  const { engine, refused } = await searchFfmpeg({ clock: systemClock, memory: forgetful });
  if (engine !== undefined) {
    return ok("doctor-ffmpeg-good", { version: engine.version, encoders: engine.encoders.join(", ") });
  }
  const broken = refused.filter(({ reason }) => reason !== "absent");
  if (broken.length === 0) return warn("doctor-ffmpeg-none", {}, "doctor-ffmpeg-hint");
  const reasons = broken.map(({ program, reason, detail }) => `${program}: ${detail || reason}`).join("; ");
  return warn("doctor-ffmpeg-broken", { reasons }, "doctor-ffmpeg-hint");
};
