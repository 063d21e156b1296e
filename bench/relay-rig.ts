/** The built access broker in a process of its own, a home that dials in from another, and a viewer who has logged in. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nodeFlagsOf } from "../command/child.ts";
import { genkan, run } from "../test/journeys/home.ts";
import type { HomePlan } from "./relay-home.ts";
import { type Asked, ask, type Door } from "./relay-viewer.ts";
import type { Line } from "./slow-line.ts";

const number = "090-1000-0001";
const password = "correct horse battery";
const host = `${number}.genkan.localhost`;

export interface Told extends AsyncDisposable {
  readonly pid: number;
  /** What it printed first. */
  readonly port: number;
  readonly users: number;
  readonly homes: number;
}

export interface RelayRig extends AsyncDisposable {
  readonly pid: number;
  readonly gatewayPort: number;
  readonly folder: string;
  /** Where a viewer asks the home through the broker. */
  readonly door: Door;
  /** A login with the password. */
  logIn(): Promise<Asked>;
  /** A home that answers through the broker from now on. */
  join(plan?: Omit<HomePlan, "folder" | "card">): Promise<Told>;
}

export async function startRelay(): Promise<RelayRig> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  const ports = ["userPort", "gatewayPort", "remoteMqttPort", "proxyPort", "operator.port"];
  const sets = ports.flatMap((port) => ["--set", `accessBroker.${port}=0`]);
  const broker = await run("access-broker", ["--state", folder, ...sets], nodeFlagsOf("access-broker"));
  const facts = broker.facts as { readonly users: string; readonly gateways: string; readonly ca: string };
  const [users, gateways] = [facts.users, facts.gateways.replace("tls:", "https:")].map((one) =>
    Number(new URL(one).port),
  );
  const state = ["--state", folder, ...sets, "--number", number];
  await done(["subscribe", ...state, "--user", "hanako", "--password-stdin"], password);
  const bare = { port: users ?? 0, host, ca: readFileSync(facts.ca, "utf8"), cookie: "" };
  // As browsers that come back: a login is what is measured, not a handshake.
  const agent = new Agent({ keepAlive: true });
  const form = new URLSearchParams({ user: "hanako", password }).toString();
  const logIn = (): Promise<Asked> => ask(bare, "/login", { method: "POST", form, agent });
  const { cookie } = await logIn();
  let homes = 0;
  return {
    pid: broker.process.pid ?? 0,
    gatewayPort: gateways ?? 0,
    folder,
    door: { ...bare, cookie },
    logIn,
    async join(plan = {}) {
      const card = join(folder, `${homes++}.card.json`);
      await done(["card", ...state, "--out", card], "");
      const home = await start("relay-home.ts", { folder, card, ...plan } satisfies HomePlan);
      while ((await ask({ ...bare, cookie }, "/things")).status !== 200) await new Promise((go) => setTimeout(go, 50));
      return home;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await broker[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const startLine = (line: Line): Promise<Told> => start("slow-line.ts", line);
export const startPipe = (folder: string): Promise<Told> => start("relay-pipe.ts", folder);

async function done(args: readonly string[], input: string): Promise<void> {
  const { code, stderr } = await genkan(args, input);
  if (code !== 0) throw new Error(`genkan ${args[0]}: ${stderr}`);
}

async function start(script: string, argument: object | string): Promise<Told> {
  const words = [join(import.meta.dirname, script), typeof argument === "string" ? argument : JSON.stringify(argument)];
  const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
    createInterface(child.stdout).once("line", resolve);
  });
  return { ...(JSON.parse(line) as Told), [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
