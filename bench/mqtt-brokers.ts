/** The brokers that benches measure beside each other, each in a process of its own, and what loads them. */

import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nodeFlagsOf } from "../command/child.ts";
import { freePort } from "./free-port.ts";
import type { Delays, Flood } from "./mqtt-delays.ts";
import type { Idle } from "./mqtt-idle.ts";
import type { Load, Measured, Peer, Stream } from "./mqtt-load.ts";

export type Kind = "genkan" | "aedes" | "mosquitto";

export interface Broker extends AsyncDisposable {
  readonly kind: Kind;
  readonly pid: number;
  readonly visitors: number;
  readonly gateways: number;
  /** Asks for its memory, after garbage was collected. */
  memory(): Promise<NodeJS.MemoryUsage>;
}

/** Where Debian puts it is on nobody's path but root's. */
const places = ["mosquitto", "/usr/sbin/mosquitto"];
const mosquitto = places.find((place) => {
  try {
    execFileSync(place, ["-h"], { stdio: "ignore" });
    return true;
  } catch (thrown) {
    // It says its usage with an exit code of its own.
    return thrown instanceof Error && !("code" in thrown && thrown.code === "ENOENT");
  }
});

export const hasMosquitto: boolean = mosquitto !== undefined;
if (!hasMosquitto) {
  process.stdout.write(
    "SKIPPED: no mosquitto here (Debian: apt-get install mosquitto), so nothing is beside ours.\n\n",
  );
}

export async function startBroker(kind: Kind): Promise<Broker> {
  return kind === "mosquitto" ? startMosquitto() : fromScript(kind, "mqtt-broker.ts", [kind]);
}

/** The port for gateways with mutual TLS; certificates for so many homes lie in the folder. */
export const startSecureBroker = (folder: string, homes: number): Promise<Broker> =>
  fromScript("genkan", "mqtt-secure-broker.ts", [folder, String(homes)]);

async function fromScript(kind: Kind, script: string, args: readonly string[]): Promise<Broker> {
  const child = fork(join(import.meta.dirname, script), [...args], {
    execArgv: ["--expose-gc", ...nodeFlagsOf("access-broker")],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const { visitors, gateways, pid } = JSON.parse(await firstLine(child)) as Broker;
  return {
    ...{ kind, visitors, gateways, pid },
    async memory() {
      child.send("memory");
      const [usage] = (await once(child, "message")) as [NodeJS.MemoryUsage];
      return usage;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function startMosquitto(): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  const port = await freePort();
  const file = join(folder, "mosquitto.conf");
  const words = ["allow_anonymous true", "set_tcp_nodelay true", "max_queued_messages 0", "log_type none"];
  writeFileSync(file, [`listener ${port} 127.0.0.1`, ...words, ""].join("\n"));
  const child = spawn(mosquitto ?? "", ["-c", file], { stdio: "ignore" });
  for (let tries = 0; tries < 100 && !(await isOpen(port)); tries++) await new Promise((go) => setTimeout(go, 50));
  return {
    ...{ kind: "mosquitto", pid: child.pid ?? 0, visitors: port, gateways: port },
    memory: () => Promise.reject(new Error("mosquitto tells nothing of its memory")),
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One stream of news for each of so many homes; at the other brokers the same with topics alone. */
export function streamsOf(broker: Broker, homes: number, listeners: number): readonly Stream[] {
  const value = "x".repeat(64);
  return Array.from({ length: homes }, (_, home): Stream => {
    const number = `090-1000-${String(home).padStart(4, "0")}`;
    const topic = `homes/${number}/devices/lamp/events/news`;
    const peer = (name: string, port = broker.visitors): Peer => ({ port, clientId: `${name}-${home}` });
    const names = Array.from({ length: listeners }, (_, at) => `visitor-${at}`);
    if (broker.kind !== "genkan") {
      return {
        publisher: peer("home"),
        subscribers: names.map((name) => peer(name)),
        filter: topic,
        topic,
        payload: value,
      };
    }
    const body = { topic: "home/devices/lamp/events/news", payload: value, isRetained: false };
    return {
      publisher: { port: broker.gateways, clientId: "gateway", keepalive: 10 },
      subscribers: names.map((name) => ({ ...peer(name), username: `${number}/hanako`, password: "x" })),
      filter: topic,
      topic: "up/home",
      payload: JSON.stringify(body),
    };
  });
}

/** Holds idle clients until it is disposed; `lost` counts those that the broker ended. */
export async function hold(what: Idle): Promise<AsyncDisposable & { readonly lost: number }> {
  const script = join(import.meta.dirname, "mqtt-idle.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(what)], { stdio: ["ignore", "pipe", "inherit"] });
  let lost = 0;
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the idle clients ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => (line === "ready" ? resolve() : lost++));
  });
  return {
    get lost() {
      return lost;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Runs a load to its end and reads what it measured. */
export const load = (what: Load): Promise<Measured> => told<Measured>("mqtt-load.ts", what);
export const delays = (what: Flood): Promise<Delays> => told<Delays>("mqtt-delays.ts", what);

async function told<T>(name: string, what: Load | Flood): Promise<T> {
  const script = join(import.meta.dirname, name);
  const child = spawn(process.execPath, [script, JSON.stringify(what)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const part of child.stdout.setEncoding("utf8")) text += part;
  return JSON.parse(text) as T;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the broker ended with ${code}`)));
    if (child.stdout !== null) createInterface(child.stdout).once("line", resolve);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).then((answer) => {
    socket.destroy();
    return answer === true;
  });
}
