/** A whole home for a journey: `genkan start` as a user runs it, in a state folder of its own, with its processes at hand. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../host/package-root.ts";

export interface Addresses {
  readonly login: string;
  readonly home: string;
  readonly lan: string;
  readonly mqtt: string;
  readonly remoteMqtt: string;
  readonly proxy: string;
  readonly homeProxy: string | null;
  readonly number: string;
  readonly user: string;
  readonly password: string | null;
  readonly card: string;
  readonly ca: string;
  readonly accessBroker: { readonly users: string; readonly gateways: string };
  readonly panel: string;
  readonly editor: string | null;
  readonly editorPassword: string | null;
  readonly pids: { readonly gateway: number; readonly accessBroker: number; readonly simulatedHome: number };
}

const command = join(packageRoot(), "dist", "genkan.js");

/** Runs the built command to its end. */
export function genkan(
  args: readonly string[],
  input = "",
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** A process of the home that answered its first line of JSON. */
export interface Running extends AsyncDisposable {
  readonly facts: unknown;
  readonly process: ChildProcess;
  /** What it has written to stderr. */
  errors(): string;
}

/** Starts one verb that runs until stopped, and waits for the line that says it is ready. */
export async function run(verb: string, args: readonly string[], nodeFlags: readonly string[] = []): Promise<Running> {
  const words = [...nodeFlags, command, verb, "--json", ...args];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const facts = await new Promise<unknown>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(JSON.parse(line)));
    child.once("exit", (code) => reject(new Error(`genkan ${verb} ended with ${code}: ${errors}`)));
  });
  return {
    facts,
    process: child,
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export interface Home extends AsyncDisposable {
  readonly addresses: Addresses;
  readonly folder: string;
  /** The process of `genkan start` itself. */
  readonly pid: number;
  readonly password: string;
  /** The log lines that a process has written. */
  log(name: string): string;
  /** Kills a process as a power cut would, and waits until it is gone. */
  kill(name: keyof Addresses["pids"]): Promise<void>;
  /** Starts it again, as the person would. */
  restart(name: keyof Addresses["pids"]): Promise<void>;
}

const verbs = { gateway: "gateway", accessBroker: "access-broker", simulatedHome: "simulated-home" } as const;

/** A gateway's events travel along the wires of its flow, or, headless, along joints made directly: the same journeys pass both ways. */
export const bothWays: readonly [how: string, args: readonly string[]][] = [
  ["with its flow in Node-RED", []],
  ["headless", ["--headless"]],
];

/** Starts a home and gives its user a fixed password. */
export async function startHome(args: readonly string[] = []): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-journey-"));
  // The journeys are those of the four devices; their AV neighbours have one of their own.
  const bus = args.includes("--scenario") ? [] : ["--set", 'ieee1394.bus="none"'];
  const started = await run("start", ["--state", folder, ...bus, ...args]);
  const addresses = started.facts as Addresses;
  const password = "correct horse battery";
  const who = ["--state", folder, "--number", addresses.number, "--user", addresses.user, "--password-stdin"];
  const subscribed = await genkan(["subscribe", ...who], password);
  if (subscribed.code !== 0) throw new Error(subscribed.stderr);
  const restarted = new Map<string, Running>();
  const simulatedBus = busToldTo(addresses.pids.gateway);
  return {
    addresses,
    folder,
    pid: started.process.pid ?? 0,
    password,
    log(name) {
      const path = join(folder, "logs", `${name}.log`);
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    },
    async kill(name) {
      const pid = restarted.get(name)?.process.pid ?? addresses.pids[name];
      process.kill(pid, "SIGKILL");
      await until(() => !isAlive(pid), 5_000);
    },
    async restart(name) {
      const own = name === "gateway" ? [...simulatedBus, ...gatewaySettings(args)] : [];
      restarted.set(name, await run(verbs[name], ["--state", folder, ...own]));
    },
    async [Symbol.asyncDispose]() {
      for (const running of restarted.values()) await running[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What `genkan start` gives to its gateway, so that a restarted one is like it. */
const gatewaySettings = (args: readonly string[]): string[] => [
  "--set",
  'home.interfaces=["127.0.0.1"]',
  "--set",
  "home.availabilityMs=10000",
  ...args.filter((arg, at) => ["--headless", "--editor", "--set"].includes(arg) || args[at - 1] === "--set"),
];

/** Where the simulated home's own serial bus is, as `genkan start` told it to the gateway. */
function busToldTo(pid: number): string[] {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return words.filter((word) => word.startsWith("ieee1394.bus=")).flatMap((setting) => ["--set", setting]);
}

/** A process that is gone, or is only waiting for its parent to notice. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits until the check holds; the value it returned is returned. Real processes have no fake clock. */
export async function until<T>(check: () => T | Promise<T>, timeoutMs: number, what = "a condition"): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await Promise.resolve()
      .then(check)
      .catch(() => undefined);
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what} did not hold within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
