/**
 * Run by a test of `genkan doctor` in a network namespace of its own where it can: what the doctor hears of an empty LAN,
 * of the simulated home, and of both while another program has the port; printed as one line of JSON.
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { devices } from "../../command/doctor/devices.ts";
import type { Finding } from "../../command/doctor/finding.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { openSimulatedHome } from "../../simulated-home/simulated-home.ts";
import { examined } from "../command/doctor/examined.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";

const [net = "127.0.0"] = process.argv.slice(2);
const look = (seconds: number) => devices(examined([], { addresses: [`${net}.1`], seconds }));

/** On a machine that is busy elsewhere, a second passes without a turn of the loop. */
async function lookUntilHeard(): Promise<Finding> {
  let found = await look(1);
  for (let tries = 1; found.state !== "ok" && tries < 20; tries++) found = await look(1);
  return found;
}

const none = await look(0.2);
const taking = createSocket("udp4");
taking.bind(3610, `${net}.1`);
await once(taking, "listening");
const deaf = await look(0.2);
const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
await openSimulatedHome({ host, addresses: [`${net}.2`, `${net}.3`] });
const beside = await lookUntilHeard();
taking.close();
await once(taking, "close");
const heard = await lookUntilHeard();
process.stdout.write(`${JSON.stringify({ none, deaf, beside, heard })}\n`);
process.exit(0);
