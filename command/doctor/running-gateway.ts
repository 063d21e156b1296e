/** The gateway that runs from a state folder now, as `DIR/addresses.json` tells it (docs/interfaces.md, processes). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";

export interface RunningGateway {
  readonly pid: number;
  /** Its page on the LAN; absent when it has none. */
  readonly lan?: string;
}

/** Undefined when none was started from this folder, or it has ended since. */
export function findRunningGateway(folder: string): RunningGateway | undefined {
  const { lan, pids } = readAddresses(join(folder, "addresses.json"));
  const pid = isJsonObject(pids) ? pids["gateway"] : undefined;
  if (typeof pid !== "number" || !isAlive(pid)) return undefined;
  return { pid, ...(typeof lan === "string" ? { lan } : {}) };
}

/** What the gateway knows now. @throws Error when its page does not answer. */
export async function askGateway(lan: string): Promise<readonly JsonObject[]> {
  const response = await fetch(new URL("api/home", lan), { signal: AbortSignal.timeout(5_000) });
  const home: unknown = await response.json();
  const devices = isJsonObject(home) ? home["devices"] : undefined;
  return Array.isArray(devices) ? devices.filter(isJsonObject) : [];
}

function readAddresses(path: string): JsonObject {
  try {
    const addresses: Json = JSON.parse(readFileSync(path, "utf8"));
    return isJsonObject(addresses) ? addresses : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
