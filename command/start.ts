/** `genkan start`: a whole home on one machine: simulated devices, access broker and gateway, each a process of its own. */

import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { issueCard, listTable, subscribe } from "../access-broker/access-broker.ts";
import { numberOfFormat } from "../gateway-core/contract/access-number.ts";
import { readRegistration } from "../gateway-core/gateway.ts";
import { fileMemory, systemIds } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { type Child, startChild } from "./child.ts";
import { untilStopped } from "./process-life.ts";
import { provider } from "./provider-of.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";
import { lockState } from "./start-lock.ts";
import { printAddresses } from "./welcome.ts";

const user = "home";
/** Who stops a whole home waits for nobody's download. */
const shortDrain = ["--set", "accessBroker.operator.drainSeconds=1"];

export async function start(args: Arguments): Promise<void> {
  const { folder, language, isJson } = args;
  using _lock = lockState(folder, language);
  if (!isJson) process.stdout.write(`${say(language, "starting", { folder })}\n`);
  const stopping = untilStopped();
  const hasSimulated = args.homes.includes("simulated");
  const number = accessNumber(args);
  const password = await oneTimePassword(args, number);
  const [broker, simulated] = await Promise.all([
    startChild("access-broker", args, [...shortDrain, ...certificateOf(args)]),
    hasSimulated ? startChild("simulated-home", args, scenarioOf(args)) : undefined,
  ]);
  const card = await cardFor(args, number);
  const gateway = await startChild("gateway", withHomes(args, simulated), [
    ...(card === undefined ? [] : ["--card", card]),
    ...(args.isHeadless ? ["--headless"] : []),
    ...(args.hasEditor ? ["--editor"] : []),
    ...(args.values.capture === undefined ? [] : ["--capture", args.values.capture]),
  ]);
  const children = [broker, gateway, ...(simulated === undefined ? [] : [simulated])];
  printAddresses(args, { number, user, password, broker, gateway, simulated });
  for (const child of children) tellEnd(args, child);
  await stopping;
  await Promise.all(children.map(stop));
}

/** The access number of this home: made at the first start, as the provider writes them. */
function accessNumber(args: Arguments): string {
  const memory = fileMemory(args.folder);
  const kept = memory.read("home");
  if (typeof kept === "string") return kept;
  const { numberFormat = "090-XXXX-XXXX" } = provider(args).settings;
  const made = numberOfFormat(numberFormat, () => randomInt(10) / 10);
  memory.write("home", made);
  return made;
}

/** A password for one login, made anew until the person has chosen one. */
async function oneTimePassword(args: Arguments, number: string): Promise<string | undefined> {
  const rows = await listTable(provider(args));
  if (rows.some((row) => row.number === number && row.state === "password")) return undefined;
  const password = systemIds.fresh().slice(0, 16);
  await subscribe({ ...provider(args), number, user, password, isOneTime: true });
  return password;
}

/** The card for this home's gateway: written once, and used by the gateway unless it is enrolled already. */
async function cardFor(args: Arguments, number: string): Promise<string | undefined> {
  const file = join(args.folder, "card.json");
  if (readRegistration(fileMemory(join(args.folder, "gateway"))) !== undefined) return undefined;
  writeFileSync(file, `${JSON.stringify(await issueCard({ ...provider(args), number }))}\n`, { mode: 0o600 });
  return file;
}

/** The simulated home lives on loopback; beside the network, both are looked at. Under `start` a lost device is told in 10 s. */
function withHomes(args: Arguments, simulated: Child | undefined): Arguments {
  const interfaces = args.homes.map((home) => (home === "simulated" ? "127.0.0.1" : "auto"));
  const listen = args.values.listen === undefined ? [] : [`page.listen=${JSON.stringify(args.values.listen)}`];
  const own = [
    `home.interfaces=${JSON.stringify(interfaces)}`,
    "home.availabilityMs=10000",
    ...busOf(simulated),
    ...tunerOf(args, simulated),
    ...listen,
  ];
  return { ...args, overrides: [...own, ...args.overrides] };
}

/** The serial bus of the simulated home; a `--set` of the person's own comes after it, and wins. */
function busOf(simulated: Child | undefined): string[] {
  const bus = simulated?.facts["bus"];
  return typeof bus === "string" ? [`ieee1394.bus=${JSON.stringify(bus)}`, "ieee1394.recording=true"] : [];
}

/** The network tuner of the simulated home; a person who has sources of their own has these. */
function tunerOf({ folder, overrides }: Arguments, simulated: Child | undefined): string[] {
  const from = simulated?.facts["tuner"];
  if (typeof from !== "string" || readSettings(folder, overrides).gateway.media.sources.length > 0) return [];
  return [`media.sources=${JSON.stringify([{ name: "Network tuner", from }])}`];
}

/** A certificate that browsers know, where the provider has one. */
function certificateOf({ values: { cert, key } }: Arguments): string[] {
  return [...(cert === undefined ? [] : ["--cert", cert]), ...(key === undefined ? [] : ["--key", key])];
}

function scenarioOf({ values: { scenario } }: Arguments): string[] {
  return scenario === undefined ? [] : ["--scenario", scenario];
}

function tellEnd({ language }: Arguments, { name, command, process: child }: Child): void {
  child.once("exit", (code, signal) => {
    const facts = { name, how: signal ?? `exit ${code}`, command };
    process.stderr.write(`${say(language, "child-ended", facts)}\n`);
  });
}

/** Asks the process to stop, and makes it after 3 seconds. */
function stop({ process: child }: Child): Promise<void> {
  child.removeAllListeners("exit");
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 3_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
