/** A gateway as a user runs it, in a process and a state folder of its own, on 127.0.0.1. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  const running: Running = await run("gateway", ["--state", folder, "--set", 'home.interfaces=["127.0.0.1"]', ...rest]);
  const { mqtt, failed } = running.facts as { readonly mqtt: string; readonly failed: readonly string[] };
  if (failed.length > 0) throw new Error(failed.join("\n"));
  return {
    pid: running.process.pid ?? 0,
    mqtt,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
