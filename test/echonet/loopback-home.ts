/**
 * Run by udp.test.ts, in a network namespace of its own where it can: drives nodes on 127.0.0.x through the adapter over
 * real UDP, and prints what it saw as one line of JSON.
 */

import type { Change, DeviceRef } from "../../gateway-core/contract/adapter.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { lampDescriptor, lampEoj, lampObject } from "./lamp-descriptor.ts";
import { plugIntoUdp } from "./udp-node.ts";

const [net = "127.0.0"] = process.argv.slice(2);
const nodes = [2, 3, 4].map((host) => new FakeNode(`${net}.${host}`, { [lampEoj]: lampObject() }));
const plugs = await Promise.all(nodes.map(plugIntoUdp));
const [live] = nodes;
if (live === undefined) throw new Error("no node");

const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const leave = new AbortController();
const call = { signal: leave.signal };
const config = { interfaces: [`${net}.1`], availabilityMs: 2_000 };
const session = await createEchonetAdapter().open(config, host, leave.signal);

const found = new Map<string, DeviceRef>();
for await (const { ref } of session.discover({ ...call, active: true })) {
  if (nodes.some(({ address }) => address === ref.address)) found.set(ref.address, ref);
  if (found.size === nodes.length) break;
}
const ref = found.get(live.address);
if (ref === undefined) throw new Error("not found");
const descriptor = await session.describe(ref, lampDescriptor, call);
const changes: Change[] = [];
void (async () => {
  for await (const change of session.subscribe(ref, descriptor, call)) changes.push(change);
})();
await until(() => changes.some((change) => change.type === "value" && change.property === "energy"));

// The neighbours die: what is alive must not notice.
plugs[1]?.();
plugs[2]?.();
const diedAt = performance.now();
const dead = [...found.values()].slice(1).map((other) => session.set(other, descriptor, { power: true }, call));
const setsMs: number[] = [];
for (let turn = 0; turn < 200; turn++) {
  const start = performance.now();
  const { values } = await session.set(ref, descriptor, { brightness: turn % 100 }, call);
  if (values["brightness"] !== turn % 100) throw new Error(`not set: ${JSON.stringify(values)}`);
  setsMs.push(performance.now() - start);
}
const deadCodes = (await Promise.all(dead)).map(({ errors }) => errors["power"]?.code);
const deadMs = performance.now() - diedAt;

const before = changes.length;
live.change(lampEoj, 0x80, "30");
await until(() => changes.slice(before).some((change) => change.type === "value" && change.value === true));
const taken = await createEchonetAdapter()
  .open(config, host, leave.signal)
  .catch((error: unknown) => error instanceof Error && "code" in error && error.code);

plugs[0]?.();
await until(() => changes.some((change) => change.type === "availability" && !change.available));
await plugIntoUdp(live);
live.start();
await until(() => changes.findLast((change) => change.type === "availability")?.available === true);
await until(() => changes.at(-1)?.type === "value");

setsMs.sort((a, b) => a - b);
process.stdout.write(`${JSON.stringify({ deadCodes, deadMs, setP95Ms: setsMs[190], taken })}\n`);
leave.abort();
process.exit(0);

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isTrue(); ) {
    if (performance.now() > end) throw new Error("waited for too long");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
