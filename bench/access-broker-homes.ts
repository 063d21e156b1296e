/** What homes cost that do nothing, in one process: their links, their visitors, and strangers before they have said who they are. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMbOf } from "./gateway-process.ts";
import { type Broker, hold, startBroker, startSecureBroker } from "./mqtt-brokers.ts";
import type { Idle } from "./mqtt-idle.ts";
import { printTable, type Row } from "./table.ts";

const settleMs = 1_500;

interface Cost {
  readonly residentKb: number;
  readonly heapKb: number;
  readonly lost: number;
}

/** What each of the clients adds; the first few warm the process up. */
async function costOf(broker: Broker, what: Omit<Idle, "port">, port: number): Promise<Cost> {
  const read = async (): Promise<{ readonly resident: number; readonly heap: number }> => {
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const { heapUsed, external } = await broker.memory();
    return { resident: residentMbOf(broker.pid) * 1_024, heap: (heapUsed + external) / 1_024 };
  };
  {
    await using _warm = await hold({ ...what, count: 50, port });
  }
  const before = await read();
  await using held = await hold({ ...what, port });
  const after = await read();
  const { count } = what;
  return {
    residentKb: (after.resident - before.resident) / count,
    heapKb: (after.heap - before.heap) / count,
    lost: held.lost,
  };
}

const plain = async (kind: Idle["kind"], count: number): Promise<Cost> => {
  await using broker = await startBroker("genkan");
  return await costOf(broker, { kind, count }, kind === "gateway" ? broker.gateways : broker.visitors);
};

const links = await plain("gateway", 10_000);
const visited = await plain("visitor", 5_000);
const strangers = await plain("stranger", 1_000);
const secure = await (async (): Promise<Cost> => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  try {
    await using broker = await startSecureBroker(folder, 1_000);
    return await costOf(broker, { kind: "secure-gateway", count: 1_000, folder }, broker.gateways);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

const rowsOf = (what: string, { residentKb, heapKb, lost }: Cost, atMost: number): Row[] => [
  { what: `${what}, resident`, value: residentKb, unit: "kB", goal: { atMost } },
  { what: "… of that JavaScript's", value: heapKb, unit: "kB" },
  { what: "… of them lost", value: lost, unit: "", goal: { atMost: 0 } },
];
printTable("access-broker-homes", "What each adds to the process, after garbage was collected.", [
  ...rowsOf("a home's link over TCP, of 10 000", links, 40),
  ...rowsOf("a home that one visitor looks into over TCP, of 5 000", visited, 40),
  ...rowsOf("a home's link over mutual TLS, of 1 000", secure, 105),
  ...rowsOf("a stranger who sent 8 kB of a CONNECT, of 1 000", strangers, 16).slice(0, 2),
]);
