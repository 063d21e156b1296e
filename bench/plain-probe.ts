/**
 * Run by echonet-start: the least that reads a whole home. Asks everyone for the instance list, then each object for its
 * map and what stands in it, ten EPCs a frame, one frame on its way to each node. Prints `{ms, values}`.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decodeFrame, encodeFrame, type Frame } from "../gateway-core/echonet/frame.ts";
import { decodeInstanceList } from "../gateway-core/echonet/instance-list.ts";
import { decodePropertyMap } from "../gateway-core/echonet/property-map.ts";

const own = "127.0.0.98";
const [port, group] = [3610, "224.0.23.0"];
const timeoutMs = 1_000;
const quietMs = 300;
const inFrame = 10;

const socket = createSocket("udp4");
socket.bind(port, own);
await once(socket, "listening");
socket.setMulticastInterface(own);

const nodes = new Map<string, Promise<void>>();
const waiting = new Map<string, (frame: Frame) => void>();
const start = performance.now();
let [tid, values, last] = [0, 0, start];

socket.on("message", (octets, { address }) => {
  const frame = decodeFrame(octets);
  last = performance.now();
  waiting.get(`${address} ${frame.tid}`)?.(frame);
  const list = frame.properties.find(({ epc }) => epc === 0xd6);
  if (frame.seoj === 0x0ef001 && list !== undefined && !nodes.has(address)) {
    nodes.set(address, readNode(address, decodeInstanceList(list.edt)));
  }
});
get(0x0ef001, [0xd6], group);
while (performance.now() - last < quietMs) await new Promise((resolve) => setTimeout(resolve, 20));
await Promise.all(nodes.values());
process.stdout.write(`${JSON.stringify({ ms: last - start, values })}\n`);
process.exit(0);

async function readNode(address: string, eojs: readonly number[]): Promise<void> {
  for (const eoj of eojs) {
    const map = (await ask(address, eoj, [0x9f]))?.properties[0]?.edt ?? Uint8Array.of(0);
    const epcs = [...decodePropertyMap(map)];
    for (let from = 0; from < epcs.length; from += inFrame) {
      const answer = await ask(address, eoj, epcs.slice(from, from + inFrame));
      values += answer?.properties.filter(({ edt }) => edt.length > 0).length ?? 0;
    }
  }
}

function ask(address: string, eoj: number, epcs: readonly number[]): Promise<Frame | undefined> {
  const key = `${address} ${get(eoj, epcs, address)}`;
  return new Promise<Frame | undefined>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    waiting.set(key, (frame) => {
      clearTimeout(timer);
      resolve(frame);
    });
  }).finally(() => waiting.delete(key));
}

/** Sends a request; its TID. */
function get(deoj: number, epcs: readonly number[], to: string): number {
  tid = (tid + 1) % 0x10000;
  const properties = epcs.map((epc) => ({ epc, edt: new Uint8Array(0) }));
  socket.send(encodeFrame({ tid, seoj: 0x05ff01, deoj, esv: "Get", properties }), port, to);
  return tid;
}
