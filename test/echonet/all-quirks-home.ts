/**
 * Run by all-quirks.test.ts, in a network namespace of its own where it can: the simulated home of all quirks on real
 * sockets, driven through the adapter; prints what became of each node as one line of JSON.
 */

import { join } from "node:path";
import { readScenario } from "../../command/read-scenario.ts";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { DeviceRef } from "../../gateway-core/contract/adapter.ts";
import type { Descriptor, DescriptorKey } from "../../gateway-core/contract/descriptor.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { parseScenario } from "../../simulated-home/scenario/scenario.ts";
import { openSimulatedHome } from "../../simulated-home/simulated-home.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";

const [net = "127.0.0"] = process.argv.slice(2);
const addresses = Array.from({ length: 250 }, (_, index) => `${net}.${index + 2}`);
const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const scenario = parseScenario(readScenario("quirks"));
const home = await openSimulatedHome({ host, addresses, scenario });
/** What a node of the scenario never tells. */
const silentAt = new Map(scenario.nodes.map(({ name, quirks }) => [name, quirks?.silentEpcs ?? []]));
const nodes = new Map(home.devices().map((device) => [device.address, device.node]));
const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);

const leave = new AbortController();
const call = { signal: leave.signal };
const gateway = { ...host, log: new FakeLog(), memory: new FakeMemory() };
const session = await createEchonetAdapter().open({ interfaces: [`${net}.1`] }, gateway, leave.signal);

const tries = new Map<string, Promise<unknown>>();
const ids = new Set<string>();
for await (const { ref, key } of session.discover({ ...call, active: true })) {
  const node = nodes.get(ref.address);
  if (node === undefined || tries.has(node)) continue;
  ids.add(ref.id);
  tries.set(node, tryOut(ref, key));
  if (tries.size === nodes.size) break;
}
const results = await Promise.all([...tries].map(async ([node, tried]) => [node, await tried]));
process.stdout.write(`${JSON.stringify({ ids: ids.size, nodes: Object.fromEntries(results) })}\n`);
leave.abort();
process.exit(0);

/** Reads every value, sets two, and looks at the device itself. */
async function tryOut(ref: DeviceRef, key: DescriptorKey): Promise<object> {
  const model = catalogue.find(key);
  if (model === undefined) throw new Error(`no descriptor for ${JSON.stringify(key)}`);
  const descriptor = await session.describe(ref, model, call);
  const missing = await readAll(ref, descriptor);
  const { values, errors } = await session.set(ref, descriptor, { power: true, brightness: 55 }, call);
  const truth = home.devices().find(({ address }) => address === ref.address)?.state;
  return { missing, values, errors, truth: { power: truth?.["power"], brightness: truth?.["brightness"] } };
}

/** The names of those that did not come; it is not waited for what the device never tells. */
async function readAll(ref: DeviceRef, descriptor: Descriptor): Promise<readonly string[]> {
  const missing = new Set(Object.keys(descriptor.properties));
  const silent = (silentAt.get(nodes.get(ref.address)) ?? []).map((epc) => `0x${epc.toUpperCase()}`);
  const isAwaited = (name: string): boolean =>
    !silent.includes(String(descriptor.properties[name]?.["gk:bind"]["echonet"]?.["epc"]));
  const enough = new AbortController();
  const signal = AbortSignal.any([leave.signal, enough.signal]);
  const patience = setTimeout(() => enough.abort(), 30_000);
  for await (const change of session.subscribe(ref, descriptor, { signal })) {
    if (change.type === "value") missing.delete(change.property);
    if (![...missing].some(isAwaited)) break;
  }
  clearTimeout(patience);
  return [...missing];
}
