/** The sizes that a gateway's control link is held to (MQTT 3.1.1 §2.2). Pure. */

import { decodeFixedHeader, FrameLimit, packetTypes, withinLength } from "../../gateway-core/bytes/mqtt-frames.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** The first packet of a connection, before anything is known of its sender. */
export const longestConnect: number = 8 * 1024;
/** Control messages are small; pages and media go over other links. */
const longestPacket = 64 * 1024;

export const createFrameLimit = (): FrameLimit => new FrameLimit(() => longestPacket);

/**
 * The length of a CONNECT packet as it declares it; undefined while that is unknown.
 * @throws HomeError `frame-malformed` (something else than CONNECT), `frame-too-long`.
 */
export function connectOctets(octets: Uint8Array): number | undefined {
  const [first] = octets;
  if (first !== undefined && first !== packetTypes.connect << 4) {
    throw new HomeError("frame-malformed", "the first packet is no CONNECT");
  }
  const header = decodeFixedHeader(octets);
  if (header === undefined) return undefined;
  return withinLength(header.headerOctets + header.remaining, longestConnect);
}
