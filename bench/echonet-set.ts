/** From a command on MQTT to the state that the device confirmed, beside live and beside dead neighbours; baseline: a bare SetC to the same node, and its answer. */

import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { encodeFrame } from "../gateway-core/echonet/frame.ts";
import { until } from "../test/journeys/home.ts";
import { interleave, quantile } from "./figures.ts";
import { startGateway, startSimulatedHome, ways } from "./gateway-process.ts";
import { type HomeWatch, watchHome } from "./home-watch.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 5;
const eachRound = 40;
const neighbours = 5;

const simulated = await startSimulatedHome();
const rows: Row[] = [];
for (const [way, args] of Object.entries(ways)) rows.push(...(await measure(way, args)));
printTable(
  "echonet-set",
  `p50 is the median of ${rounds} rounds of ${eachRound}, interleaved; baseline: a bare SetC and its answer.`,
  rows,
);
await simulated[Symbol.asyncDispose]();
process.exit(0);

interface Device {
  readonly id: string;
  readonly kind: string;
}

async function measure(way: string, args: readonly string[]): Promise<Row[]> {
  const beside = await startNeighbours();
  await using gateway = await startGateway(args);
  await using home = await watchHome(gateway.mqtt);
  const devices = await until(() => everyDevice(home, 4 + neighbours), 20_000, "a whole home");
  const others = devices?.filter(({ id }) => id.startsWith("echonet-127-0-1-")) ?? [];
  const idOf = (kind: string): string =>
    devices?.find((device) => device.kind === kind && !others.includes(device))?.id ?? "";
  const light = idOf("light");
  const bare = await openBare();

  let value = 0;
  const all = { alive: [] as number[], dead: [] as number[], wrong: [] as number[], refused: [] as number[] };
  const round = (into: number[], measureOne: () => Promise<number>) => async (): Promise<number> => {
    const took: number[] = [];
    for (let turn = 0; turn < eachRound; turn++) took.push(await measureOne());
    into.push(...took);
    return quantile(took);
  };
  const set = async (): Promise<number> => {
    value = (value + 1) % 101;
    const confirmed = Promise.all([
      home.next(`home/devices/${light}/properties/brightness`, (payload) => payload === String(value)),
      home.next(`home/devices/${light}/result`, (payload) => payload.includes('"ok":true')),
    ]);
    const start = performance.now();
    home.publish(`home/devices/${light}/properties/brightness/set`, String(value));
    return Math.max(...(await confirmed).map(({ at }) => at)) - start;
  };
  const fail = (wanted: string, code: string) => async (): Promise<number> => {
    const id = idOf("airConditioner");
    const told = home.next(`home/devices/${id}/result`, (payload) => payload.includes(`"${code}"`));
    const start = performance.now();
    home.publish(`home/devices/${id}/properties/targetTemperature/set`, wanted);
    return (await told).at - start;
  };

  const alive = await interleave(rounds, {
    bare: round([], () => setBare(bare, ++value % 101)),
    set: round(all.alive, set),
    wrong: round(all.wrong, fail("99", "out-of-range")),
    refused: round(all.refused, fail("45", "device-refused")),
  });
  beside.kill("SIGKILL");
  const askDead = (): void => {
    for (const { id } of others) home.publish(`home/devices/${id}/properties/power/set`, "true");
  };
  const dead = await interleave(rounds, {
    bare: round([], () => setBare(bare, ++value % 101)),
    set: () => {
      askDead();
      return round(all.dead, set)();
    },
  });
  bare.close();

  const goal = { p50: { atMost: 10 }, p95: { atMost: 50 }, beside: { of: "ratio", atMost: 15 } } as const;
  const of = (what: string, p50: number, took: readonly number[], bareP50: number): Row[] => [
    { what: `${what}, p50, ${way}`, value: p50, unit: "ms", goal: goal.p50 },
    { what: "… p95", value: quantile(took, 0.95), unit: "ms", goal: goal.p95 },
    { what: "… beside a bare SetC", value: p50, unit: "ms", baseline: bareP50, goal: goal.beside },
  ];
  return [
    ...of("set → confirmed state", alive.set, all.alive, alive.bare),
    ...of(`… with ${neighbours} dead neighbours`, dead.set, all.dead, dead.bare),
    { what: "out of range → typed error, p95", value: quantile(all.wrong, 0.95), unit: "ms", goal: goal.p95 },
    { what: "refused → typed error, p95", value: quantile(all.refused, 0.95), unit: "ms", goal: goal.p95 },
  ];
}

async function startNeighbours(): Promise<ChildProcess> {
  const script = [join(import.meta.dirname, "neighbours.ts"), String(neighbours)];
  const child = spawn(process.execPath, script, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** All devices once there are so many, each with its state told. */
function everyDevice({ last }: HomeWatch, count: number): readonly Device[] | undefined {
  const devices = JSON.parse(last.get("home/devices") ?? "[]") as readonly Device[];
  const isRead = ({ id }: Device): boolean => (last.get(`home/devices/${id}/state`) ?? "{}") !== "{}";
  return devices.length === count && devices.every(isRead) ? devices : undefined;
}

/** A socket where a node sends its answers: port 3610 of an address of its own. */
async function openBare(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(3610, "127.0.0.99");
  await once(socket, "listening");
  return socket;
}

/** Sets the brightness of the simulated light by hand; milliseconds until it answered. */
async function setBare(socket: Socket, value: number): Promise<number> {
  const properties = [{ epc: 0xb0, edt: Uint8Array.of(value) }];
  const answered = once(socket, "message");
  const start = performance.now();
  socket.send(encodeFrame({ tid: value, seoj: 0x05ff01, deoj: 0x029001, esv: "SetC", properties }), 3610, "127.0.0.2");
  await answered;
  return performance.now() - start;
}
