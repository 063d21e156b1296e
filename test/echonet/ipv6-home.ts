/**
 * Run by ipv6.test.ts in a network namespace of its own: a node on IPv4 and IPv6, one on IPv6 alone, and a gateway whose
 * IPv4 address goes away for a while. Prints what it saw as one line of JSON.
 */

import { execFileSync } from "node:child_process";
import type { Sighting } from "../../gateway-core/contract/adapter.ts";
import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { decodeFrame } from "../../gateway-core/echonet/frame.ts";
import { openUdpTransport } from "../../gateway-core/echonet/udp-transport.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { lampDescriptor, lampEoj, lampObject } from "./lamp-descriptor.ts";

const run = (command: string): void => {
  const [program = "", ...args] = command.split(" ");
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
};
const ip = (command: string): void => run(`ip ${command}`);
ip("link add home0 type veth peer name home1");
for (const link of ["home0", "home1"]) ip(`link set ${link} up`);
// The first of a subnet takes the others with it when it goes: the gateway's is not the first.
for (const host of [2, 1]) ip(`addr add 10.78.0.${host}/24 dev home0`);
for (const host of [1, 2, 3]) ip(`-6 addr add fe80::${host}/64 dev home0 nodad`);

/** A node heard on every address that it has; the first octets of what reached it, by who sent it. */
async function plug(addresses: readonly string[], identification: string) {
  const node = new FakeNode(addresses[0] ?? "", { [lampEoj]: lampObject() }, {}, identification);
  const log = new FakeLog();
  const wire = await openUdpTransport(
    { interfaces: addresses, families: ["ipv4", "ipv6"] },
    { clock: systemClock, log },
  );
  const announced: string[] = [];
  wire.onDatagram(({ from, octets }) => {
    const frame = decodeFrame(octets);
    if (frame.esv === "INF" && from.endsWith(gatewayIpv4)) announced.push(from);
    node.onSend = (answer) => wire.send(answer, from);
    node.receive(frame);
    node.onSend = (news) => wire.multicast(news);
  });
  return { node, announced };
}

const gatewayIpv4 = "10.78.0.1";
const dual = await plug(["10.78.0.2", "fe80::2%home0"], `fe000006${"01".repeat(13)}`);
const single = await plug(["fe80::3%home0"], `fe000006${"02".repeat(13)}`);

const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
const leave = new AbortController();
const call = { signal: leave.signal };
const config = { interfaces: [gatewayIpv4, "fe80::1%home0"] };
const session = await createEchonetAdapter().open(config, host, leave.signal);
const sightings: Sighting[] = [];
void (async () => {
  for await (const sighting of session.discover({ ...call, active: false })) sightings.push(sighting);
})();

const isSeen = (address: string): boolean => sightings.some(({ ref }) => ref.address === address);
await until(() => isSeen("10.78.0.2") && isSeen("fe80::3%home0"));
const ref = sightings.find(({ ref }) => ref.address === "fe80::3%home0")?.ref;
if (ref === undefined) throw new Error("not found");
const descriptor = await session.describe(ref, lampDescriptor, call);
const { values } = await session.set(ref, descriptor, { power: true, brightness: 70 }, call);

const before = dual.announced.length;
ip(`addr del ${gatewayIpv4}/24 dev home0`);
await new Promise((resolve) => setTimeout(resolve, 2_500));
ip(`addr add ${gatewayIpv4}/24 dev home0`);
await until(() => dual.announced.length > before);
const [first] = sightings;
if (first === undefined) throw new Error("not found");
const lamp = sightings.find(({ ref }) => ref.address === "10.78.0.2")?.ref ?? first.ref;
const again = await session.set(lamp, descriptor, { brightness: 20 }, call);

process.stdout.write(
  `${JSON.stringify({
    refs: sightings.map(({ ref }) => ref),
    values,
    set: single.node.edtOf(lampEoj, 0xb0),
    again: again.values,
    warnings: host.log.events("warn"),
  })}\n`,
);
leave.abort();
process.exit(0);

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !isTrue(); ) {
    if (performance.now() > end) throw new Error("waited for too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
