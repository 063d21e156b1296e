/** How soon a home of fifty nodes and 135 devices is read from the start of the gateway's process: well-behaved, and with silent EPCs and dead nodes. Baseline: a plain probe that reads the same. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { interleave, quantile } from "./figures.ts";
import { cpuMsOf, startGateway, startSimulatedHome, ways } from "./gateway-process.ts";
import { type StartTimes, watchStart } from "./start-watch.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const devices = 135;
const deadNodes = 5;
const mqtt = "mqtt://127.0.0.1:1883";

const rows: Row[] = [];
rows.push(...(await measure("fifty", "headless", [])));
rows.push(...(await measure("fifty", "with its flow", [])));
const mute = spawn(process.execPath, [join(import.meta.dirname, "neighbours.ts"), String(deadNodes), "mute"], {
  stdio: ["ignore", "pipe", "inherit"],
});
await once(mute.stdout, "data");
rows.push(...(await measure(join(import.meta.dirname, "odd-fifty.json"), "headless", ["odd"])));
mute.kill();
printTable(
  "echonet-start",
  `Median of ${rounds} starts, interleaved; baseline: a plain probe of the same nodes.`,
  rows,
);
process.exit(0);

async function measure(scenario: string, way: keyof typeof ways, [odd]: readonly string[]): Promise<Row[]> {
  await using _home = await startSimulatedHome(scenario);
  const starts: (StartTimes & { readonly process: number; readonly cpu: number })[] = [];
  const { probe } = await interleave(rounds, {
    probe: probeHome,
    gateway: async () => {
      const startedAt = performance.now();
      const watching = watchStart(mqtt, "127.0.0.1", devices);
      await using gateway = await startGateway(ways[way]);
      const times = await watching;
      starts.push({ ...times, process: times.spokeAt - startedAt, cpu: cpuMsOf(gateway.pid) });
      return times.lastValue;
    },
  });
  const counted = starts.slice(1);
  const of = (figure: (times: (typeof starts)[number]) => number): number => quantile(counted.map(figure));
  const what = odd === undefined ? way : `${way}, silent EPCs in 10 nodes, ${deadNodes} dead nodes`;
  const last = of((times) => times.lastValue);
  const values = of((times) => times.values);
  return [
    { what: `start of the process → on the wire, ${what}`, value: of(({ process }) => process), unit: "ms" },
    {
      what: "on the wire → first value on MQTT",
      value: of((times) => times.firstDevice),
      unit: "ms",
      goal: { atMost: 300 },
    },
    {
      what: "… → devices read, p50",
      value: of((times) => quantile(times.devices)),
      unit: "ms",
      goal: { atMost: 1_000 },
    },
    { what: "… p90", value: of((times) => quantile(times.devices, 0.9)), unit: "ms", goal: { atMost: 1_000 } },
    { what: `… → all ${values} values`, value: last, unit: "ms", goal: { atMost: 5_000 } },
    { what: "processor time of the gateway till then", value: of(({ cpu }) => cpu), unit: "ms" },
    {
      what: "… all values beside a plain probe",
      value: last,
      unit: "ms",
      baseline: probe,
      goal: { of: "ratio", atMost: 15 },
    },
  ];
}

async function probeHome(): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "plain-probe.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return (JSON.parse(line) as { readonly ms: number }).ms;
}
