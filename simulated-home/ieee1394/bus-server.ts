/**
 * The socket at which other programs of this machine use the simulated bus: one JSON object in a line, both ways
 * (docs/ieee1394.md, "The wire of the simulated bus"). On 127.0.0.1 only.
 */

import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import { listenLocally } from "../listen-locally.ts";
import { hex, octets } from "../wire/octets.ts";
import type { Answer, IsochronousPacket, LockKind } from "./bus-words.ts";
import type { BusClient, SimulatedBus } from "./simulated-bus.ts";

export interface BusServer extends AsyncDisposable {
  /** `tcp://127.0.0.1:<port>`: what the gateway's setting `ieee1394.bus` names. */
  readonly url: string;
}

const mostOctets = 2048;
/** Of a whole message, in hexadecimal and with its words. */
const longestLine = 3 * mostOctets;
const newline = 0x0a;
/** A reader that does not read is cut off. */
const mostUnsent = 16_000_000;

/** Port 0: a free one. @throws HomeError `address-unusable`. */
export async function openBusServer(bus: SimulatedBus, port: number): Promise<BusServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    serve(socket, bus.connect());
    socket.once("close", () => sockets.delete(socket));
  });
  const local = await listenLocally(server, port, "bus", () => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `tcp://${local.authority}`, [Symbol.asyncDispose]: () => local[Symbol.asyncDispose]() };
}

function serve(socket: Socket, client: BusClient): void {
  const channels = new Map<number, () => void>();
  const tell = (message: object): void => {
    if (socket.writableLength > mostUnsent) socket.destroy();
    else socket.write(`${JSON.stringify(message)}\n`);
  };
  const tellState = (): void => tell({ event: "state", ...client.state });
  client.onReset(tellState);
  client.onFcp(({ octets: frame, ...from }) => tell({ event: "fcp", ...from, data: hex(frame) }));
  tellState();

  async function transact(message: JsonObject): Promise<void> {
    const { id, nodeId, generation, data } = message;
    const at = { nodeId: Number(nodeId), generation: Number(generation) };
    const where = Number.parseInt(String(message["address"]), 16);
    const sent = typeof data === "string" && data.length <= 2 * mostOctets ? octets(data) : octets("");
    const answer = await ask(String(message["do"]), at, where, sent, Number(message["octetCount"]));
    if (answer !== undefined) tell({ id, rcode: answer.rcode, data: hex(answer.data) });
  }

  async function ask(
    what: string,
    at: { nodeId: number; generation: number },
    where: number,
    sent: Uint8Array,
    octetCount: number,
  ): Promise<Answer | undefined> {
    if (what === "read") return client.read(at, where, Math.min(octetCount, mostOctets));
    if (what === "write") return { rcode: await client.write(at, where, sent), data: octets("") };
    return isLockKind(what) ? client.lock(at, where, what, sent) : undefined;
  }

  function take(message: JsonObject): void {
    const { do: what, channel } = message;
    if (what === "reset") client.resetBus();
    else if (what === "announce")
      client.announce({ key: Number(message["key"]), octets: octets(String(message["data"])) });
    else if (what === "listen") listen(Number(channel));
    else if (what === "unlisten") {
      channels.get(Number(channel))?.();
      channels.delete(Number(channel));
    } else void transact(message);
  }

  function listen(channel: number): void {
    if (channels.has(channel)) return;
    const stop = client.listen(channel, (packets) => tell({ event: "isochronous", channel, packets: packed(packets) }));
    channels.set(channel, stop);
  }

  let lineOctets = 0;
  socket.on("data", (sent) => {
    const end = sent.lastIndexOf(newline);
    lineOctets = end < 0 ? lineOctets + sent.length : sent.length - end - 1;
    if (lineOctets > longestLine) socket.destroy();
  });
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    const message = parsed(line);
    if (message === undefined) socket.destroy();
    else take(message);
  });
  socket.on("error", () => undefined);
  // The reader's own error is that of its socket: a program that was killed.
  lines.on("error", () => undefined);
  socket.once("close", () => {
    lines.close();
    void client[Symbol.asyncDispose]();
  });
}

const isLockKind = (what: string): what is LockKind => ["mask-swap", "compare-swap", "fetch-add"].includes(what);

function parsed(line: string): JsonObject | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return isJsonObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Each packet as cycle (2 octets), tag (1), length (2) and its octets; all of them in base64. */
function packed(packets: readonly IsochronousPacket[]): string {
  return Buffer.concat(
    packets.flatMap(({ cycle, tag, octets: payload }) => {
      const head = Buffer.alloc(5);
      head.writeUInt16BE(cycle, 0);
      head.writeUInt8(tag, 2);
      head.writeUInt16BE(payload.length, 3);
      return [head, payload];
    }),
  ).toString("base64");
}
