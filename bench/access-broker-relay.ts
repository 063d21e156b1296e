/** Pages and streams through the access broker: what they cost it, what they wait for, and what a viewer who does not read keeps in it. */

import { quantile } from "./figures.ts";
import { cpuMsOf, residentMbOf } from "./gateway-process.ts";
import { type RelayRig, startLine, startPipe, startRelay } from "./relay-rig.ts";
import { ask, askOften, type Door, openUnread } from "./relay-viewer.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const film = (octets: number): string => `/devices/recorder/pages/film?octets=${octets}`;
const megabyte = 1_000_000;
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const middle = (list: readonly number[]): number => quantile(list);

/** Processor time of one request while sixteen are under way, in microseconds. */
async function costOfPage(door: Door, pid: number, measuredMs = 2_500): Promise<number> {
  const before = cpuMsOf(pid);
  const { length } = await askOften(door, "/things", { atOnce: 16, measuredMs });
  return (1_000 * (cpuMsOf(pid) - before)) / length;
}

const waitForPage = async (door: Door): Promise<number> =>
  quantile(await askOften(door, "/things", { atOnce: 1, measuredMs: 1_500 }));

/** Megabytes a second of processor time, and of time. */
async function rateOfFilm(door: Door, pid: number, octets: number) {
  const [cpu, at] = [cpuMsOf(pid), performance.now()];
  await ask(door, film(octets));
  const ofCore = (1_000 * octets) / megabyte / (cpuMsOf(pid) - cpu);
  return { ofCore, ofTime: (1_000 * octets) / megabyte / (performance.now() - at) };
}

async function onLoopback(rig: RelayRig): Promise<Row[]> {
  await using pipe = await startPipe(rig.folder);
  await using home = await rig.join({ pipePort: pipe.homes });
  const direct = { port: home.port, host: "bare.localhost", cookie: "" };
  const bare = { port: pipe.users, host: "bare.localhost", cookie: "" };
  const costs: { own: number[]; bare: number[] } = { own: [], bare: [] };
  const waits: { own: number[]; direct: number[]; bare: number[] } = { own: [], direct: [], bare: [] };
  const films: { own: number[]; bare: number[] } = { own: [], bare: [] };
  // Not counted: what runs for the first time is compiled.
  await costOfPage(rig.door, rig.pid, 6_000);
  await costOfPage(bare, pipe.pid);
  for (let round = 0; round < rounds; round++) {
    costs.own.push(await costOfPage(rig.door, rig.pid));
    costs.bare.push(await costOfPage(bare, pipe.pid));
    waits.own.push(await waitForPage(rig.door));
    waits.direct.push(await waitForPage(direct));
    waits.bare.push(await waitForPage(bare));
    films.own.push((await rateOfFilm(rig.door, rig.pid, 300 * megabyte)).ofCore);
    films.bare.push((await rateOfFilm(bare, pipe.pid, 300 * megabyte)).ofCore);
  }
  const added = middle(waits.own.map((own, round) => own - (waits.direct[round] ?? 0)));
  return [
    {
      what: "a page of 1 kB: processor time of the broker",
      value: middle(costs.own),
      unit: "µs",
      goal: { atMost: 360 },
    },
    { what: "… beside a bare pipe", value: middle(costs.own), unit: "µs", baseline: middle(costs.bare) },
    {
      what: "… how long it takes, p50, beside the home itself",
      value: middle(waits.own),
      unit: "ms",
      baseline: middle(waits.direct),
    },
    { what: "… what is added to that", value: added, unit: "ms", goal: { atMost: 1.5 } },
    { what: "… beside a bare pipe", value: middle(waits.own), unit: "ms", baseline: middle(waits.bare) },
    { what: "a stream, of one core of the broker", value: middle(films.own), unit: "MB/s", goal: { atLeast: 200 } },
    { what: "… beside a bare pipe", value: middle(films.own), unit: "MB/s", baseline: middle(films.bare) },
  ];
}

/** What a viewer keeps in the broker who asks for a film and reads nothing of it. */
async function slowViewers(rig: RelayRig): Promise<Row[]> {
  const count = 20;
  await using _home = await rig.join();
  for (let warm = 0; warm < 2; warm++) await ask(rig.door, film(100 * megabyte));
  await rest(1_000);
  const before = residentMbOf(rig.pid);
  const unread = await Promise.all(Array.from({ length: count }, () => openUnread(rig.door, film(1_000 * megabyte))));
  await rest(3_000);
  const grown = (residentMbOf(rig.pid) - before) / count;
  for (const answer of unread) answer.destroy();
  return [{ what: `a viewer who does not read, of ${count}, resident`, value: grown, unit: "MB", goal: { atMost: 2 } }];
}

async function farAway(rig: RelayRig): Promise<Row[]> {
  await using line = await startLine({ to: rig.gatewayPort, oneWayMs: 20 });
  await using _home = await rig.join({ linkPort: line.port });
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rates.push((await rateOfFilm(rig.door, rig.pid, 64 * megabyte)).ofTime);
    await rest(1_000);
  }
  const what = "a stream of 64 MB from a home 40 ms away";
  return [{ what, value: middle(rates), unit: "MB/s", goal: { atLeast: 20 } }];
}

/** A command each 50 ms while a film fills what the home has of a line upwards. */
async function fullUplink(rig: RelayRig): Promise<Row[]> {
  await using line = await startLine({ to: rig.gatewayPort, oneWayMs: 0, upOctetsPerSecond: 2 * megabyte });
  await using _home = await rig.join({ linkPort: line.port });
  let octets = 0;
  const reading = ask(rig.door, film(40 * megabyte), {}, (more) => {
    octets += more;
  });
  await rest(2_000);
  const [from, at] = [octets, performance.now()];
  const command = { method: "PUT", json: "true" };
  const took = await askOften(rig.door, "/api/devices/lamp/properties/power", {
    ...{ atOnce: 1, measuredMs: 12_000 },
    asking: command,
  });
  const rate = (1_000 * (octets - from)) / megabyte / (performance.now() - at);
  await reading;
  return [
    { what: "a command while a film fills 2 MB/s, p50", value: quantile(took), unit: "ms" },
    { what: "… p99", value: quantile(took, 0.99), unit: "ms", goal: { atMost: 200 } },
    { what: "… the film meanwhile", value: rate, unit: "MB/s" },
  ];
}

/** So many logins a second, whether or not those before are answered. */
async function logInAt(rig: RelayRig, perSecond: number, forMs: number): Promise<number> {
  const all: Promise<{ readonly status: number }>[] = [];
  const until = performance.now() + forMs;
  for (let next = performance.now(); next < until; next += 1_000 / perSecond) {
    await rest(Math.max(0, next - performance.now()));
    all.push(rig.logIn());
  }
  return (await Promise.all(all)).filter(({ status }) => status < 400).length;
}

async function logins(rig: RelayRig): Promise<Row[]> {
  await using _home = await rig.join();
  let [count, isOver] = [0, false];
  const at = performance.now();
  const one = async (): Promise<void> => {
    while (!isOver) if ((await rig.logIn()).status < 400) count++;
  };
  const busy = Array.from({ length: 8 }, one);
  await rest(6_000);
  const rate = (1_000 * count) / (performance.now() - at);
  isOver = true;
  await Promise.all(busy);

  const late = async (measuredMs: number): Promise<number> =>
    quantile(await askOften(rig.door, "/things", { atOnce: 1, measuredMs }), 0.99);
  const [idle, loaded]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    idle.push(await late(3_000));
    const [p99] = await Promise.all([late(3_000), logInAt(rig, 15, 3_000)]);
    loaded.push(p99);
  }
  return [
    { what: "password logins, the relay idle", value: rate, unit: "/s", goal: { atLeast: 45 } },
    {
      what: "a page, p99, at 15 logins a second, beside none",
      value: middle(loaded),
      unit: "ms",
      baseline: middle(idle),
      goal: { of: "ratio", atMost: 2 },
    },
  ];
}

const rows: Row[] = [];
for (const part of [onLoopback, slowViewers, farAway, fullUplink, logins]) {
  await using rig = await startRelay();
  rows.push(...(await part(rig)));
}
printTable("access-broker-relay", `Median of ${rounds} rounds, interleaved.`, rows);
