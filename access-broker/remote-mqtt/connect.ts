/** Reads the CONNECT of a remote client before the MQTT engine sees anything: one packet of at most 8 kB within 5 s (MQTT 3.1.1 §3.1). */

import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { generate, type IConnectPacket, parser } from "mqtt-packet";
import { connectOctets } from "../../gateway-core/bytes/mqtt-frames.ts";
import { type AccessNumber, isAccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";

const patienceMs = 5_000;

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
  readonly number: AccessNumber;
  readonly user: string;
  readonly password: string;
  readonly clientId: string;
  readonly keepalive: number;
}

/** A CONNECT that is refused with a word to its sender. */
export interface Refusal {
  readonly returnCode: ReturnCode;
  readonly reason: string;
}

/**
 * Waits for the CONNECT; what follows it stays in the socket.
 * @throws HomeError `frame-malformed`, `frame-too-long`, `link-message-invalid` when none comes in time.
 */
export function readConnect(socket: Duplex, clock: Clock): Promise<IConnectPacket> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      timer.cancel();
      socket.off("readable", onReadable).off("close", onClose);
      act();
    };
    const fail = (reason: string): void => settle(() => reject(new HomeError("link-message-invalid", reason)));
    const onClose = (): void => fail("it closed before its CONNECT");
    const onReadable = (): void => {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Buffer)) return;
      seen = Buffer.concat([seen, chunk]);
      try {
        const length = connectOctets(seen);
        if (length === undefined || seen.length < length) return;
        const packet = parseConnect(seen.subarray(0, length));
        settle(() => {
          if (seen.length > length) socket.unshift(seen.subarray(length));
          resolve(packet);
        });
      } catch (thrown) {
        settle(() => reject(toHomeError(thrown)));
      }
    };
    const timer = clock.after(patienceMs, () => fail(`no CONNECT came within ${patienceMs} ms`));
    socket.on("readable", onReadable).on("close", onClose);
    onReadable();
  });
}

/** Judges what a CONNECT asks for; who it is from is judged after. `serverName`: what TLS was asked for, empty for none. */
export function judgeConnect(packet: IConnectPacket, serverName: string, host: string): Greeting | Refusal {
  const { protocolVersion, protocolId, clientId, clean, will, username, password, keepalive = 0 } = packet;
  if (protocolVersion !== 4 || protocolId !== "MQTT") return refuse("protocol", "not MQTT 3.1.1");
  if (clientId === "" && clean !== true) return refuse("clientId", "an empty client id with a session to keep");
  if (isMalformed(clientId) || clientId.length > 128) return refuse("clientId", "a client id that cannot be taken");
  if (will !== undefined && will !== null) return refuse("notAuthorized", "a will");
  const [, number, user = ""] = /^([^/]+)\/(.+)$/s.exec(username ?? "") ?? [];
  if (!isAccessNumber(number) || isMalformed(user) || user.length > 64) return refuse("credentials", "malformed");
  // Clients that dial an address name it, though RFC 6066 has no place for that: it says nothing about a home.
  const isNamed = serverName !== "" && isIP(serverName) === 0;
  const isOther = isNamed && serverName !== host && serverName !== `${number}.${host}`;
  if (isOther) return refuse("credentials", "the name of another home");
  return { number, user, password: password?.toString("utf8") ?? "", clientId, keepalive };
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

function parseConnect(octets: Buffer): IConnectPacket {
  let packet: unknown;
  const reader = parser();
  reader.on("packet", (read) => {
    packet = read;
  });
  reader.on("error", (cause) => {
    throw new HomeError("frame-malformed", "the CONNECT packet cannot be read", {}, cause);
  });
  reader.parse(octets);
  if (isConnect(packet)) return packet;
  throw new HomeError("frame-malformed", "the first packet is no CONNECT");
}

const isConnect = (packet: unknown): packet is IConnectPacket =>
  typeof packet === "object" && packet !== null && "cmd" in packet && packet.cmd === "connect";
