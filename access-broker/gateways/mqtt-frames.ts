/** The sizes that a gateway's control link is held to (MQTT 3.1.1 §2.2). Pure. */

import { FrameLimit, packetTypes } from "../../gateway-core/bytes/mqtt-frames.ts";
import { longestPacket } from "../../gateway-core/contract/remote-link.ts";

/** Control messages are small; pages and media go over other links. Only a description that the home publishes may be longer. */
export const createFrameLimit = (): FrameLimit =>
  new FrameLimit((type) => (type === packetTypes.publish ? longestPacket.description : longestPacket.other));
