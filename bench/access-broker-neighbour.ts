/** How long a message takes while a client of another home has stopped reading what floods it; beside aedes as it ships, shared by both. */

import { quantile } from "./figures.ts";
import { delays, type Kind, startBroker, streamsOf } from "./mqtt-brokers.ts";
import type { Delays } from "./mqtt-delays.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const flood = { octets: 400, perSecond: 5_000, measuredMs: 9_000 };

async function measure(kind: Kind): Promise<Delays> {
  await using broker = await startBroker(kind);
  const [busy, other] = streamsOf(broker, 2, 1);
  if (busy === undefined || other === undefined) throw new Error("two homes are needed");
  const watched = { ...other, payload: other.payload.replace(/x+/, "TIME") };
  return await delays({ busy: { ...busy, payload: busy.payload.replace(/x+/, "x") }, watched, ...flood });
}

const measured = new Map<string, Delays[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, kind] of [
    ["ours", "genkan"],
    ["aedes", "aedes"],
  ] as const) {
    measured.set(name, [...(measured.get(name) ?? []), await measure(kind)]);
  }
}
const middle = (name: string, of: (one: Delays) => number): number => quantile((measured.get(name) ?? []).map(of));
const rows: Row[] = [
  {
    what: "another home's message, p50",
    value: middle("ours", ({ p50 }) => p50),
    unit: "ms",
    baseline: middle("aedes", ({ p50 }) => p50),
  },
  { what: "… p99", value: middle("ours", ({ p99 }) => p99), unit: "ms", goal: { atMost: 50 } },
  {
    what: "… p99, beside aedes",
    value: middle("ours", ({ p99 }) => p99),
    unit: "ms",
    baseline: middle("aedes", ({ p99 }) => p99),
  },
  { what: "messages that never came", value: middle("ours", ({ missing }) => missing), unit: "", goal: { atMost: 0 } },
];
const remark = `${flood.perSecond} messages of ${flood.octets} octets a second at a client that reads nothing; median of ${rounds} rounds, interleaved; baseline: one aedes for all.`;
printTable("access-broker-neighbour", remark, rows);
