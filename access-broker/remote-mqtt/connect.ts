/** Judges the CONNECT of a remote client before the MQTT engine sees anything: one packet of at most 8 kB within 5 s (MQTT 3.1.1 §3.1). */

import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { generate } from "mqtt-packet";
import { decodeConnect, type MqttConnect } from "../../gateway-core/bytes/mqtt-connect.ts";
import { connectOctets } from "../../gateway-core/bytes/mqtt-frames.ts";
import { readStart } from "../../gateway-core/bytes/read-start.ts";
import { type AccessNumber, isAccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";

/** Return codes of CONNACK (§3.2.2.3). */
export const returnCodes: {
  readonly protocol: 1;
  readonly clientId: 2;
  readonly unavailable: 3;
  readonly credentials: 4;
  readonly notAuthorized: 5;
} = { protocol: 1, clientId: 2, unavailable: 3, credentials: 4, notAuthorized: 5 };
export type ReturnCode = (typeof returnCodes)[keyof typeof returnCodes];

/** What a CONNECT told, once it is of the form that is taken here. */
export interface Greeting {
  /** Who it says that it is; undefined when it says nothing of that. */
  readonly who: { readonly number: AccessNumber; readonly user: string; readonly password: string } | undefined;
  readonly clientId: string;
  readonly keepalive: number;
}

/** A CONNECT that is refused with a word to its sender. */
export interface Refusal {
  readonly returnCode: ReturnCode;
  readonly reason: string;
}

/**
 * Waits for the CONNECT; what follows it stays in the socket. Undefined: one of another version of MQTT.
 * @throws HomeError `frame-malformed`, `frame-too-long`, `link-message-invalid` when none comes in time.
 */
export async function readConnect(socket: Duplex, clock: Clock): Promise<MqttConnect | undefined> {
  return decodeConnect(await readStart(socket, clock, connectOctets));
}

/** Judges what a CONNECT asks for; who it is from is judged after. */
export function judgeConnect(packet: MqttConnect | undefined): Greeting | Refusal {
  if (packet === undefined) return refuse("protocol", "not MQTT 3.1.1");
  const { clientId, isClean, hasWill, username, password, keepalive } = packet;
  if (clientId === "" && !isClean) return refuse("clientId", "an empty client id with a session to keep");
  if (isMalformed(clientId) || clientId.length > 128) return refuse("clientId", "a client id that cannot be taken");
  if (hasWill) return refuse("notAuthorized", "a will");
  if (username === undefined) return { who: undefined, clientId, keepalive };
  const [, number, user = ""] = /^([^/]+)\/(.+)$/s.exec(username) ?? [];
  if (!isAccessNumber(number) || isMalformed(user) || user.length > 64) return refuse("credentials", "malformed");
  return { who: { number, user, password: new TextDecoder().decode(password) }, clientId, keepalive };
}

/** Whether a name that TLS was asked for, empty for none, leads to that home. */
export function isNameOf(number: AccessNumber, serverName: string, host: string): boolean {
  // Clients that dial an address name it, though RFC 6066 has no place for that: it says nothing about a home.
  const isNamed = serverName !== "" && isIP(serverName) === 0;
  return !isNamed || serverName === host || serverName === `${number}.${host}`;
}

/** The CONNECT that the engine is given instead: bound to its credential, with no session to keep, no will and no secret. */
export function ownConnect(clientId: string, keepalive: number): Buffer {
  return generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId, keepalive });
}

export function connack(returnCode: ReturnCode): Buffer {
  return generate({ cmd: "connack", returnCode, sessionPresent: false });
}

const refuse = (code: keyof typeof returnCodes, reason: string): Refusal => ({ returnCode: returnCodes[code], reason });
const isMalformed = (text: string): boolean => /[\p{Cc}\ufffd]/u.test(text);
