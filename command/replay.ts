/** `genkan replay FILE`: the frames of a recording, explained, in their own time with `--speed`. */

import { readFileSync } from "node:fs";
import { sleep } from "../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { type CaptureRecord, parseCapture } from "../gateway-core/gateway.ts";
import { systemClock } from "../host/system-host.ts";
import { type Arguments, numberOf } from "./arguments.ts";
import { frameLine } from "./frame-line.ts";
import { frameReader } from "./frame-reader.ts";
import { endWithReader } from "./process-life.ts";
import { say } from "./say.ts";

export async function replay(args: Arguments): Promise<void> {
  const [path] = args.rest;
  if (path === undefined) throw new HomeError("usage", say(args.language, "usage"));
  endWithReader();
  const speed = numberOf(args, "speed", Number.POSITIVE_INFINITY);
  const records = parseCapture(read(path));
  const explain = frameReader(args);
  const startedAt = systemClock.now();
  // Every timer of the house is unreferenced: the wait alone would not keep the process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  for (const record of records) {
    const dueMs = startedAt + record.t / speed - systemClock.now();
    if (dueMs > 0) await sleep(systemClock, dueMs);
    process.stdout.write(`${args.isJson ? JSON.stringify(explained(record)) : frameLine(record, explained(record))}\n`);
  }
  clearInterval(alive);

  function explained({ t, dir, peer, octets }: CaptureRecord) {
    const head = { t, dir, [dir === "in" ? "from" : "to"]: peer };
    try {
      return { ...head, ...explain(octets) };
    } catch (thrown) {
      const { code, message } = toHomeError(thrown);
      return { ...head, error: { code, message } };
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new HomeError("capture-invalid", `the recording ${path} cannot be read`, {}, cause);
  }
}
