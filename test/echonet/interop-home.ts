/**
 * Run by interop.test.ts in a network namespace of its own: puts the npm package's device into a second namespace, joins
 * both by a virtual cable, drives the device through the adapter, and prints what it saw as one line of JSON.
 */

import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Change, DeviceRef } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";

const property = (epc: string, codec: JsonObject) => ({
  titles: { en: epc, ja: epc },
  "gk:bind": { echonet: { epc, codec } },
});
const model: Descriptor = {
  "@context": "https://www.w3.org/2022/wot/td/v1.1",
  "@type": "tm:ThingModel",
  title: "Air conditioner",
  titles: { en: "Air conditioner", ja: "エアコン" },
  version: { model: "1.0.0" },
  "gk:type": "echonet:0130",
  "gk:kind": "airConditioner",
  "gk:match": [{ protocol: "echonet", eojClass: "0x0130" }],
  properties: {
    power: property("0x80", { map: { "0x30": true, "0x31": false } }),
    mode: property("0xB0", { map: { "0x42": "cool", "0x43": "heat" } }),
    target: property("0xB3", { num: "uint8" }),
    room: property("0xBB", { num: "int8" }),
    humidity: property("0xBA", { num: "uint8" }),
  },
};

const run = (command: string): void => {
  const [program = "", ...args] = command.split(" ");
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
};

const device = spawn("unshare", ["-n", process.execPath, join(import.meta.dirname, "echonet-lite-device.mjs")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: device.stdout })[Symbol.asyncIterator]();
await lines.next();
for (const command of [
  "ip link set lo up",
  `ip link add home type veth peer name device netns ${device.pid}`,
  "ip addr add 10.77.0.1/24 dev home",
  "ip link set home up",
  ...[
    "addr add 10.77.0.2/24 dev device",
    "link set lo up",
    "link set device up",
    "route add default via 10.77.0.1",
  ].map((line) => `nsenter -t ${device.pid} -n ip ${line}`),
]) {
  run(command);
}

const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const leave = new AbortController();
const call = { signal: leave.signal };
// A cable that was just plugged in is not always up at once.
await until(() => {
  device.stdin.write("start\n");
  return lines.next();
});
const session = await createEchonetAdapter().open({ interfaces: ["10.77.0.1"] }, host, leave.signal);
let ref: DeviceRef | undefined;
for await (const sighting of session.discover({ ...call, active: true })) {
  ref = sighting.ref;
  break;
}
if (ref === undefined) throw new Error("nothing was found");
const descriptor = await session.describe(ref, model, call);
const got = await session.get(ref, descriptor, ["power", "mode", "target", "room"], call);
const changes: Change[] = [];
void (async () => {
  for await (const change of session.subscribe(ref, descriptor, call)) changes.push(change);
})();
const start = performance.now();
const set = await session.set(ref, descriptor, { power: true, mode: "heat", target: 21 }, call);
const setMs = performance.now() - start;
const refused = await session.set(ref, descriptor, { target: 99 }, call);
const before = changes.length;
device.stdin.write("switch\n");
await until(() =>
  changes
    .slice(before)
    .some((change) => change.type === "value" && change.property === "power" && change.value === false),
);
process.stdout.write(`${JSON.stringify({ ref, properties: descriptor.properties, got, set, setMs, refused })}\n`);
leave.abort();
device.kill();
process.exit(0);

async function until(isTrue: () => unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("waited for too long");
}
