/** Which cutter is for what begins so. Pure. */

import type { StreamStart } from "../bytes/source-form.ts";
import type { Cutter } from "./cutter.ts";
import { TimedFrames } from "./timed-frames.ts";
import { TimedPackets } from "./timed-packets.ts";

export const cutterOf = (start: StreamStart): Cutter =>
  start.form === "dv" ? new TimedFrames() : new TimedPackets(start.stride);
