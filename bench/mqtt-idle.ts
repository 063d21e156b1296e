/**
 * Run by benches: connects so many clients to a broker, says "ready" on standard output and holds them until it is ended.
 * Argument: an Idle as JSON.
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join as joinPath } from "node:path";
import { connect as connectTls } from "node:tls";
import { generate } from "mqtt-packet";
import { linkProtocols } from "../gateway-core/contract/link.ts";
import { join, type Peer, subscribe } from "./mqtt-load.ts";

export interface Idle {
  readonly count: number;
  readonly port: number;
  /** `stranger`: has sent most of the largest CONNECT that is taken, and goes no further. */
  readonly kind: "visitor" | "gateway" | "secure-gateway" | "stranger";
  /** Of `secure-gateway`: key.pem, ca.pem and a certificate for each home. */
  readonly folder?: string;
}

const atOnce = 50;
/** A gateway's own is 10 s; here nobody speaks for longer than that. */
const keepalive = 0;

const numberOf = (home: number): string => `090-1000-${String(home).padStart(4, "0")}`;

async function enter({ kind, port, folder = "" }: Idle, home: number): Promise<Socket> {
  if (kind === "stranger") {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    // A fixed header that declares 8 000 octets, and all but the last few of them.
    socket.write(Buffer.concat([Buffer.of(0x10, 0xc0, 0x3e, 0, 4), Buffer.from("MQTT"), new Uint8Array(7_900)]));
    return socket;
  }
  if (kind === "visitor") {
    const who = { username: `${numberOf(home)}/hanako`, password: "x" };
    const peer: Peer = { port, clientId: `visitor-${home}`, keepalive, ...who };
    const socket = await join(peer);
    await subscribe(socket, `homes/${numberOf(home)}/#`);
    return socket;
  }
  if (kind === "gateway") {
    const socket = await join({ port, clientId: "gateway", keepalive: 10 });
    await subscribe(socket, "down/#");
    return alive(socket);
  }
  const read = (name: string): string => readFileSync(joinPath(folder, name), "utf8");
  const socket = connectTls({
    ...{ port, host: "127.0.0.1", servername: "link.genkan.localhost", ALPNProtocols: [linkProtocols.control] },
    ...{ key: read("key.pem"), ca: read("ca.pem"), cert: read(`${home}.pem`) },
  });
  await once(socket, "secureConnect");
  await join({ port, clientId: "gateway", keepalive: 10 }, socket);
  await subscribe(socket, "down/#");
  return alive(socket);
}

/** A gateway says that it is there, as its keepalive of 10 s asks for. */
function alive(socket: Socket): Socket {
  const ping = generate({ cmd: "pingreq" });
  setInterval(() => socket.write(ping), 8_000);
  return socket.resume();
}

const idle = JSON.parse(process.argv[2] ?? "") as Idle;
for (let home = 0; home < idle.count; home += atOnce) {
  const some = Array.from({ length: Math.min(atOnce, idle.count - home) }, (_, index) => enter(idle, home + index));
  for (const socket of await Promise.all(some)) {
    socket.on("error", () => undefined);
    socket.on("close", () => process.stdout.write("lost\n"));
  }
}
process.stdout.write("ready\n");
