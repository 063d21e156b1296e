/**
 * Run by benches: a broker in a process of its own over plain TCP, and its ports and pid as a line of JSON. Argument "aedes":
 * aedes as it ships. "genkan": the access broker's remote MQTT and its homes' control links, whole but for TLS and the store.
 */

import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { admitControl } from "../access-broker/gateways/admission.ts";
import { type ControlEngine, openControlEngine } from "../access-broker/gateways/control-engine.ts";
import { createReception } from "../access-broker/remote-mqtt/reception.ts";
import { createRemoteHomes } from "../access-broker/remote-mqtt/remote-homes.ts";
import { wholeGrant } from "../gateway-core/contract/grant.ts";
import { systemClock as clock, systemIds as ids } from "../host/system-host.ts";

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen({ host: "127.0.0.1", port: 0, backlog: 4_096 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

async function openAedes() {
  const aedes = await Aedes.createBroker();
  return { visitors: await listen(createServer(aedes.handle)), gateways: 0 };
}

async function openGenkan() {
  const links = new Map<string, ControlEngine>();
  const homes = createRemoteHomes({
    clock,
    ids,
    tell(number, message) {
      links.get(number)?.tell(message);
      return links.has(number);
    },
    // Who does not read is cut, as some bench wants it.
    onCommand: () => undefined,
    onRefused: (_number, _visitor, reason) =>
      reason !== "does not read" && process.stderr.write(`refused: ${reason}\n`),
  });
  const receive = createReception({
    ...{ clock, ids, homes },
    host: "genkan.localhost",
    // Everybody is who they say: what a store and a password cost is measured elsewhere.
    loginBy: () => ({
      judge: async ({ number, user }) => ({ credential: `${number}/${user}` }),
      standing: async () => ({ rights: "all", grant: wholeGrant }),
    }),
    audit: () => undefined,
  });
  const visitors = createServer((socket) => {
    socket.on("error", () => undefined);
    void receive(socket, { method: "mqtts", source: "127.0.0.1", serverName: "" });
  });
  /** The home of the next gateway: a plain connection carries no certificate that would name it. */
  let joined = 0;
  const join = async (socket: Socket): Promise<void> => {
    socket.on("error", () => undefined);
    const number = numberOf(joined++);
    await admitControl(socket, clock);
    const engine = await openControlEngine({
      onMessage: (message) => (message.topic === "up/home" ? homes.hear(number, message) : undefined),
      onHearing: () => homes.joined(number),
      onRefused: (reason) => process.stderr.write(`refused: ${reason}\n`),
    });
    links.set(number, engine);
    engine.handle(socket);
  };
  const gateways = createServer((socket) => void join(socket).catch(() => socket.destroy()));
  return { visitors: await listen(visitors), gateways: await listen(gateways) };
}

const numberOf = (index: number): string => `090-1000-${String(index).padStart(4, "0")}`;

const ports = process.argv[2] === "aedes" ? await openAedes() : await openGenkan();
process.on("message", (what) => {
  if (what !== "memory") return;
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
process.stdout.write(`${JSON.stringify({ ...ports, pid: process.pid })}\n`);
