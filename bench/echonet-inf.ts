/** From an announcement (INF) on the LAN to MQTT: how soon, and whether a burst arrives whole; beside a plain script that publishes what a UDP socket brings. */

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { encodeFrame } from "../gateway-core/echonet/frame.ts";
import { plugIntoUdp } from "../test/echonet/udp-node.ts";
import { FakeNode } from "../test/fakes/fake-echonet-node.ts";
import { interleave, quantile } from "./figures.ts";
import { startGateway, ways } from "./gateway-process.ts";
import { watchHome } from "./home-watch.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 5;
const eachRound = 60;
const burst = { count: 500, everyMs: 2 };
const eoj = 0x029001;
const brightness = 0xb0;
const bare = { address: "127.0.0.88", port: 36_100, topic: "bench/bare" };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const hex = (value: number): string => value.toString(16).padStart(2, "0");

const node = new FakeNode("127.0.0.77", {
  [eoj]: {
    edts: { "0x80": "30", "0x88": "42", "0xb0": "00" },
    settable: [0x80, brightness],
    announced: [0x80, brightness],
  },
});
const unplug = await plugIntoUdp(node);
const rows: Row[] = [];
for (const [way, args] of Object.entries(ways)) rows.push(...(await measure(way, args)));
printTable(
  "echonet-inf",
  `Median of ${rounds} rounds of ${eachRound}, interleaved; baseline: a plain script, UDP to MQTT.`,
  rows,
);
unplug();
process.exit(0);

async function measure(way: string, args: readonly string[]): Promise<Row[]> {
  await using gateway = await startGateway(args);
  await using home = await watchHome(gateway.mqtt, ["home/#", bare.topic]);
  node.start();
  const devices = await home.next("home/devices", (payload) => payload.includes('"light"'));
  const [{ id }] = JSON.parse(devices.payload) as [{ readonly id: string }];
  const topic = `home/devices/${id}/properties/brightness`;
  while (home.last.get(topic) === undefined || home.last.get(topic) === "null") await pause(10);

  const script = [
    join(import.meta.dirname, "plain-bridge.ts"),
    bare.address,
    String(bare.port),
    gateway.mqtt,
    bare.topic,
  ];
  const bridge = spawn(process.execPath, script, { stdio: ["ignore", "pipe", "inherit"] });
  await once(bridge.stdout, "data");
  const socket = createSocket("udp4");

  let value = 0;
  const announce = (): void => node.change(eoj, brightness, hex(value));
  const plain = (): void => {
    const properties = [{ epc: brightness, edt: Uint8Array.of(value) }];
    socket.send(encodeFrame({ tid: 1, seoj: eoj, deoj: 0x0ef001, esv: "INF", properties }), bare.port, bare.address);
  };
  const all: Record<string, number[]> = { [topic]: [], [bare.topic]: [] };
  const round = (send: () => void, where: string) => async (): Promise<number> => {
    const took: number[] = [];
    for (let turn = 0; turn < eachRound; turn++) {
      value = (value + 1) % 101;
      const arrived = home.next(where, (payload) => payload === String(value));
      const start = performance.now();
      send();
      took.push((await arrived).at - start);
      await pause(5);
    }
    all[where]?.push(...took);
    return quantile(took);
  };
  const { ours, theirs } = await interleave(rounds, { theirs: round(plain, bare.topic), ours: round(announce, topic) });
  const p95 = (where: string): number => quantile(all[where] ?? [], 0.95);

  const arrived: string[] = [];
  home.onMessage((name, payload) => name === topic && arrived.push(payload));
  const sent: string[] = [];
  const start = performance.now();
  while (sent.length < burst.count) {
    const due = Math.min(burst.count, Math.floor((performance.now() - start) / burst.everyMs));
    while (sent.length < due) {
      value = (value + 1) % 101;
      sent.push(String(value));
      announce();
    }
    await pause(1);
  }
  const end = performance.now() + 5_000;
  while (arrived.length < sent.length && performance.now() < end) await pause(10);
  const whole = sent.filter((payload, index) => arrived[index] === payload).length;

  socket.close();
  bridge.kill();
  return [
    { what: `INF → MQTT, p50, ${way}`, value: ours, unit: "ms", goal: { atMost: 5 } },
    { what: "… beside a plain script", value: ours, unit: "ms", baseline: theirs, goal: { of: "ratio", atMost: 2 } },
    { what: "… p95", value: p95(topic), unit: "ms", baseline: p95(bare.topic) },
    {
      what: `of ${burst.count} INF at ${burst.everyMs} ms, in order`,
      value: whole,
      unit: "",
      goal: { atLeast: burst.count },
    },
  ];
}
