/** Admits a gateway's control connection before the MQTT engine sees it: one small CONNECT, soon, of just the form that gateways send. */

import type { TLSSocket } from "node:tls";
import { type IConnectPacket, parser } from "mqtt-packet";
import { limitReads } from "../../gateway-core/bytes/limit-reads.ts";
import { connectOctets } from "../../gateway-core/bytes/mqtt-frames.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { gatewayClientId, keepaliveSeconds } from "../../gateway-core/contract/link.ts";
import { createFrameLimit } from "./mqtt-frames.ts";

const patienceMs = 5_000;
const parsed = { protocolVersion: 4 } as const;

/**
 * Waits for the CONNECT, judges it, gives it back to the socket and holds all that follows to the frame limit.
 * @throws HomeError `link-message-invalid`, `frame-malformed`, `frame-too-long`
 */
export async function admitControl(socket: TLSSocket, clock: Clock): Promise<void> {
  const octets = await readStart(socket, clock, connectOctets);
  judge(parseConnect(octets));
  socket.unshift(octets);
  limitReads(socket, createFrameLimit());
}

/**
 * Reads the first octets of a connection without losing what follows them.
 * `lengthOf` tells how many are wanted, undefined while it cannot tell, and throws for what is wrong already.
 * @throws HomeError `link-message-invalid` when they do not come within 5 s, and what `lengthOf` throws.
 */
export function readStart(
  socket: TLSSocket,
  clock: Clock,
  lengthOf: (octets: Uint8Array) => number | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      timer.cancel();
      socket.off("readable", onReadable).off("close", onClose);
      act();
    };
    const onClose = (): void =>
      settle(() => reject(new HomeError("link-message-invalid", "it closed before it spoke")));
    const onReadable = (): void => {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Buffer)) return;
      seen = Buffer.concat([seen, chunk]);
      try {
        const length = lengthOf(seen);
        if (length === undefined || seen.length < length) return;
        settle(() => {
          if (seen.length > length) socket.unshift(seen.subarray(length));
          resolve(seen.subarray(0, length));
        });
      } catch (thrown) {
        settle(() => reject(toHomeError(thrown)));
      }
    };
    const timer = clock.after(patienceMs, () =>
      settle(() => reject(new HomeError("link-message-invalid", `nothing whole came within ${patienceMs} ms`))),
    );
    socket.on("readable", onReadable).on("close", onClose);
    onReadable();
  });
}

function parseConnect(octets: Buffer): IConnectPacket {
  let packet: unknown;
  const reader = parser(parsed);
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

/** The certificate says which home it is; whatever else a CONNECT could claim has no place here. */
function judge({ protocolVersion, clientId, clean, will, username, password, keepalive = 0 }: IConnectPacket): void {
  const faults: Readonly<Record<string, boolean>> = {
    "not MQTT 3.1.1": protocolVersion !== 4,
    "a foreign client id": clientId !== gatewayClientId,
    "a session to keep": clean !== true,
    "a will": will !== undefined,
    "a user name or password": username !== undefined || password !== undefined,
    "a keepalive out of range": keepalive < 1 || keepalive > keepaliveSeconds,
  };
  const [reason] = Object.keys(faults).filter((fault) => faults[fault]);
  if (reason !== undefined)
    throw new HomeError("link-message-invalid", `the CONNECT is refused: ${reason}`, { reason });
}
