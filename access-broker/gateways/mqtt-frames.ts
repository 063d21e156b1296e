/** The sizes that a gateway's control link is held to (MQTT 3.1.1 §2.2). Pure. */

import { FrameLimit } from "../../gateway-core/bytes/mqtt-frames.ts";

/** Control messages are small; pages and media go over other links. */
const longestPacket = 64 * 1024;

export const createFrameLimit = (): FrameLimit => new FrameLimit(() => longestPacket);
