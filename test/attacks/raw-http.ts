/** Octets as an attacker writes them, over TLS to the users' port of a broker on loopback. */

import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { bareHost, number, type Rig } from "../access-broker/rig.ts";

export const ownName: string = `${number}.${bareHost}`;

export async function dial(rig: Rig, protocol: "http/1.1" | "h2" = "http/1.1", name = ownName): Promise<TLSSocket> {
  const socket = connect({
    host: "127.0.0.1",
    port: rig.port,
    servername: name,
    ca: rig.ca,
    ALPNProtocols: [protocol],
  });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}

/** All that is answered until the broker ends the connection, or nothing more comes. */
export async function answersTo(rig: Rig, octets: string, name = ownName): Promise<readonly number[]> {
  const socket = await dial(rig, "http/1.1", name);
  let text = "";
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let quiet = setTimeout(resolve, 1_500);
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    clearTimeout(quiet);
    quiet = setTimeout(resolve, 300);
  });
  socket.once("close", () => resolve());
  socket.write(octets, "latin1");
  await ended;
  clearTimeout(quiet);
  socket.destroy();
  return [...text.matchAll(/(?:^|\n|\})HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** A frame of HTTP/2 (RFC 9113 §4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const start = Buffer.alloc(9);
  start.writeUIntBE(payload.length, 0, 3);
  start.writeUInt8(type, 3);
  start.writeUInt8(flags, 4);
  start.writeUInt32BE(stream, 5);
  return Buffer.concat([start, payload]);
}

export const types = { data: 0, headers: 1, reset: 3, settings: 4, push: 5, ping: 6, goAway: 7, window: 8, more: 9 };
export const preface: Buffer = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(types.settings, 0, 0),
]);

/** Literal header fields without indexing (RFC 7541 §6.2.2), with names as they are told. */
export const fields = (...pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));

function text(value: string): Buffer {
  const octets = Buffer.from(value, "latin1");
  const { length } = octets;
  if (length < 127) return Buffer.concat([Buffer.from([length]), octets]);
  const rest: number[] = [];
  for (let left = length - 127; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      rest.push(left);
      break;
    }
    rest.push((left % 128) + 128);
  }
  return Buffer.concat([Buffer.from([127, ...rest]), octets]);
}
