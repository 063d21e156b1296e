/** A gateway and a simulated home as `genkan start` runs them, each in a process and a state folder of its own, on loopback. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFlagsOf } from "../command/child.ts";
import { type Running, run } from "../test/journeys/home.ts";

export interface GatewayProcess extends AsyncDisposable {
  readonly pid: number;
  /** `mqtt://127.0.0.1:<port>` */
  readonly mqtt: string;
}

/** The two ways in which the rooms are joined; `rest` goes to the command as it is. */
export const ways = { headless: ["--headless"], "with its flow": [] } as const;

/** Starts one and waits until it says that it is ready. */
export async function startGateway(rest: readonly string[]): Promise<GatewayProcess> {
  const running = await startVerb("gateway", ["--set", 'home.interfaces=["127.0.0.1"]', ...rest]);
  const { mqtt, failed } = running.facts as { readonly mqtt: string; readonly failed: readonly string[] };
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return { ...running, pid: running.process.pid ?? 0, mqtt };
}

/** Starts the nodes of a scenario: a file, or the name of one that the package carries. */
export function startSimulatedHome(scenario?: string): Promise<AsyncDisposable> {
  return startVerb("simulated-home", scenario === undefined ? [] : ["--scenario", scenario]);
}

async function startVerb(verb: string, args: readonly string[]): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  const running = await run(verb, ["--state", folder, ...args], nodeFlagsOf(verb));
  return {
    ...running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process, in megabytes (Linux: proc(5), VmRSS). */
export function residentMbOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
}

/** Processor time that a process has used, in milliseconds (Linux: proc(5), utime and stime, of 10 ms each). */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
