/**
 * Run by interop.test.ts in a network namespace of its own: drives the npm package's device at the other end of a virtual
 * cable through the adapter, and prints what it saw as one line of JSON.
 */

import type { Change, DeviceRef } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { gatewayAddress, plugPeer, until } from "./virtual-cable.ts";

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

const device = await plugPeer("echonet-lite-device.mjs");
const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const leave = new AbortController();
const call = { signal: leave.signal };
device.tell("start");
await device.hear();
const session = await createEchonetAdapter().open({ interfaces: [gatewayAddress] }, host, leave.signal);
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
const set = await session.set(ref, descriptor, { power: true, mode: "heat", target: 21 }, call);
const refused = await session.set(ref, descriptor, { target: 99 }, call);
const before = changes.length;
device.tell("switch");
await until(() =>
  changes
    .slice(before)
    .some((change) => change.type === "value" && change.property === "power" && change.value === false),
);
process.stdout.write(`${JSON.stringify({ ref, properties: descriptor.properties, got, set, refused })}\n`);
leave.abort();
device[Symbol.dispose]();
process.exit(0);
