/** Admits a gateway's control connection before the MQTT engine sees it: one small CONNECT, soon, of just the form that gateways send. */

import type { Duplex } from "node:stream";
import { limitReads } from "../../gateway-core/bytes/limit-reads.ts";
import { decodeConnect, type MqttConnect } from "../../gateway-core/bytes/mqtt-connect.ts";
import { connectOctets } from "../../gateway-core/bytes/mqtt-frames.ts";
import { readStart } from "../../gateway-core/bytes/read-start.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { gatewayClientId, keepaliveSeconds } from "../../gateway-core/contract/link.ts";
import { createFrameLimit } from "./mqtt-frames.ts";

/**
 * Waits for the CONNECT, judges it, gives it back to the socket and holds all that follows to the frame limit.
 * @throws HomeError `link-message-invalid`, `frame-malformed`, `frame-too-long`
 */
export async function admitControl(socket: Duplex, clock: Clock): Promise<void> {
  const octets = await readStart(socket, clock, connectOctets);
  judge(decodeConnect(octets));
  socket.unshift(octets);
  limitReads(socket, createFrameLimit());
}

/** The certificate says which home it is; whatever else a CONNECT could claim has no place here. */
function judge(packet: MqttConnect | undefined): void {
  const faults: Readonly<Record<string, boolean>> = {
    "not MQTT 3.1.1": packet === undefined,
    "a foreign client id": packet?.clientId !== gatewayClientId,
    "a session to keep": packet?.isClean !== true,
    "a will": packet?.hasWill !== false,
    "a user name or password": packet?.username !== undefined || packet?.password !== undefined,
    "a keepalive out of range": packet === undefined || packet.keepalive < 1 || packet.keepalive > keepaliveSeconds,
  };
  const [reason] = Object.keys(faults).filter((fault) => faults[fault]);
  if (reason !== undefined)
    throw new HomeError("link-message-invalid", `the CONNECT is refused: ${reason}`, { reason });
}
