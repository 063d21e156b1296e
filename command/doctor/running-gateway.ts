/** The gateway that runs from a state folder now: it leaves word of itself there while it runs, whoever started it. */

import { join } from "node:path";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { fileMemory } from "../../host/system-host.ts";

export interface RunningGateway {
  readonly pid: number;
  /** Its page on the LAN; absent when it has none. */
  readonly lan?: string;
}

/** The name in the gateway's memory under which it says where it is: `{pid, lan}`, or null when it has ended. */
export const runningName = "running";

/** Undefined when none was started from this folder, or it has ended since. */
export function findRunningGateway(folder: string): RunningGateway | undefined {
  const { pid, lan } = readWord(folder);
  if (typeof pid !== "number" || !isAlive(pid)) return undefined;
  return { pid, ...(typeof lan === "string" && URL.canParse(lan) ? { lan } : {}) };
}

/** What the gateway knows now. @throws Error when its page does not answer. */
export async function askGateway(lan: string): Promise<readonly JsonObject[]> {
  const response = await fetch(new URL("api/home", lan), { signal: AbortSignal.timeout(5_000) });
  const home: unknown = await response.json();
  const devices = isJsonObject(home) ? home["devices"] : undefined;
  return Array.isArray(devices) ? devices.filter(isJsonObject) : [];
}

function readWord(folder: string): JsonObject {
  try {
    const word: Json | undefined = fileMemory(join(folder, "gateway")).read(runningName);
    return isJsonObject(word) ? word : {};
  } catch {
    // What cannot be read tells of no gateway.
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
