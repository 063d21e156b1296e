/**
 * Run by recorded-home.test.ts in a network namespace of its own where it can: the engine against the simulated home over
 * real UDP, recorded; prints the recording and what the engine made of it as one line of JSON.
 */

import { join } from "node:path";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import { formatCaptureRecord } from "../../gateway-core/echonet/capture-record.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { recordedTransport } from "../../gateway-core/echonet/recording-transport.ts";
import { openUdpTransport } from "../../gateway-core/echonet/udp-transport.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { openSimulatedHome } from "../../simulated-home/simulated-home.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { followHome } from "./follow-home.ts";

const [net = "127.0.0"] = process.argv.slice(2);
const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const home = await openSimulatedHome({ host, addresses: [`${net}.2`, `${net}.3`] });
const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);

const lines: string[] = [];
const open = recordedTransport(openUdpTransport, systemClock, (record) => lines.push(formatCaptureRecord(record)));
const leave = new AbortController();
// Longer than this takes: nothing is polled, so that what is told is what was asked for and what was announced.
const config = { interfaces: [`${net}.1`], availabilityMs: 600_000, pollMs: 600_000 };
const session = await createEchonetAdapter(open).open(config, host, leave.signal);
const followed = followHome(session, (key) => catalogue.find(key), leave.signal);
await until(() => followed.isComplete(home.devices().length));
home.set(`${net}.2`, "029001", "80", "30");
home.set(`${net}.2`, "029001", "80", "31");
await until(() => followed.values().some(([, { power }]) => power === false));
await settled();
process.stdout.write(`${JSON.stringify({ lines, values: followed.values() })}\n`);
process.exit(0);

/** Nothing has passed for a while: no answer is on its way. */
async function settled(): Promise<void> {
  for (let before = -1; before !== lines.length; ) {
    before = lines.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !isTrue(); ) {
    if (performance.now() > end) throw new Error("waited for too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
