/** What stays in memory: of replies, of hostile datagrams, beside the npm package echonet-lite. */

import { join } from "node:path";
import echonetLite from "echonet-lite";
import { fromHex } from "../gateway-core/bytes/hex.ts";
import { residentMbOf, startGateway, startSimulatedHome, ways } from "./gateway-process.ts";
import { hostileDatagrams } from "./hostile-datagrams.ts";
import { openMemoryHome } from "./memory-home.ts";
import { watchStart } from "./start-watch.ts";
import { printTable, type Row } from "./table.ts";

const replies = 200_000;
const hostile = 100_000;
const warmUp = 2_000;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function heapMb(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("this bench needs node --expose-gc");
  for (let round = 0; round < 3; round++) {
    await breathe();
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

/** Megabytes that are there after `count` turns and were not after the first few. */
async function growthMb(count: number, turn: (index: number) => unknown): Promise<number> {
  let before = Number.NaN;
  for (let index = 0; index < count + warmUp; index++) {
    if (index === warmUp) before = await heapMb();
    await turn(index);
    if (index % 500 === 0) await breathe();
  }
  return (await heapMb()) - before;
}

/** With the identification number, 0x83, as a node gives it. */
const reply = fromHex(
  "1081002a01300105ff0172068001308311fe000006000000000000000000000000018a03000006b00142b3011abb011b",
);
await using home = await openMemoryHome();
const [device] = home.devices();
if (device === undefined) throw new Error("no device");
const ref = { id: device.id, address: home.address };
const names = Object.keys(device.values).slice(0, 6);
const call = { signal: new AbortController().signal };

const asked = await growthMb(replies, () => home.session.get(ref, device.descriptor, names, call));
const unasked = await growthMb(replies, (index) => {
  const octets = reply.slice();
  octets.set([index >> 8, index], 2);
  home.deliver({ from: home.address, octets });
});
const theirs = await growthMb(replies, () => {
  echonetLite.returner(reply, { address: home.address }, () => undefined);
});
const linesBefore = home.logLines();
const datagrams = hostileDatagrams(home.address);
const attacked = await growthMb(hostile, () => home.deliver(datagrams.next().value));
const lines = home.logLines() - linesBefore;

await using _simulated = await startSimulatedHome(join(import.meta.dirname, "two-hundred-devices.json"));
const resident: Row[] = [];
for (const [way, args] of Object.entries(ways)) {
  const read = watchStart("mqtt://127.0.0.1:1883", "127.0.0.1", 200);
  await using gateway = await startGateway(args);
  const { values } = await read;
  const what = `resident, 200 devices and ${values} values, ${way}`;
  resident.push({ what, value: residentMbOf(gateway.pid), unit: "MB", goal: { atMost: 220 } });
}

const flat = { atMost: 5 } as const;
printTable(
  "echonet-memory",
  "Megabytes that stay after garbage collection; baseline: npm echonet-lite (EL), the same replies.",
  [
    { what: "200 000 replies to what was asked", value: asked, unit: "MB", goal: flat },
    { what: "200 000 replies that nobody asked for", value: unasked, unit: "MB", goal: flat },
    { what: "… beside EL", value: unasked, unit: "MB", baseline: theirs, goal: { of: "ratio", atMost: 0.05 } },
    { what: "100 000 hostile datagrams", value: attacked, unit: "MB", goal: flat },
    { what: "log lines of these", value: lines, unit: "", goal: { atMost: 500 } },
    ...resident,
  ],
);
process.exit(0);
