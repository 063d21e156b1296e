/** Which cutter is for what begins so. Pure. */

import type { StreamStart } from "../bytes/source-form.ts";
import type { Cutter } from "./cutter.ts";
import { FrameCutter } from "./frame-cutter.ts";
import { PacketCutter } from "./packet-cutter.ts";

export const cutterOf = (start: StreamStart): Cutter =>
  start.form === "dv" ? new FrameCutter() : new PacketCutter(start.stride);
