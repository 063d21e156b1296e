/**
 * Run by interop.test.ts in a network namespace of its own: the gateway's node at one end of a virtual cable, the npm package's
 * controller at the other; prints what that controller saw.
 */

import { createEchonetAdapter } from "../../gateway-core/echonet/echonet-adapter.ts";
import { systemClock } from "../../host/system-host.ts";
import { FakeIds, FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { gatewayAddress, plugPeer } from "./virtual-cable.ts";

const controller = await plugPeer("node-echonet-lite-controller.mjs");
// The package takes any frame with a TID that it used as its answer, requests too: these ids start far from its own.
const host = { clock: systemClock, ids: new FakeIds(), log: new FakeLog(), memory: new FakeMemory() };
const leave = new AbortController();
await createEchonetAdapter().open({ interfaces: [gatewayAddress] }, host, leave.signal);
controller.tell("start");
process.stdout.write(`${await controller.hear()}\n`);
leave.abort();
controller[Symbol.dispose]();
process.exit(0);
