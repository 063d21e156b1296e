/** A recording of ECHONET Lite traffic in a file of JSON lines that does not grow beyond its bound. */

import { closeSync, openSync, writeSync } from "node:fs";
import type { Clock } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { type CaptureRecord, formatCaptureHeader, formatCaptureRecord } from "../gateway-core/gateway.ts";

export interface CaptureFile extends Disposable {
  write(record: CaptureRecord): void;
  /** Datagrams written. */
  readonly count: number;
}

/** About a week of a quiet home. */
const largestFile = 50_000_000;

export interface CaptureFileOptions {
  readonly clock: Clock;
  /** Called once, when the file is full: what comes after is not recorded. */
  readonly onFull: () => void;
  readonly largest?: number;
}

/** Makes the file anew. Without a path, lines go to standard output. @throws HomeError `capture-invalid` */
export function openCaptureFile(
  path: string | undefined,
  { clock, onFull, largest = largestFile }: CaptureFileOptions,
): CaptureFile {
  const file = path === undefined ? undefined : open(path);
  let [size, count, isFull] = [0, 0, false];

  function put(line: string): boolean {
    const octets = Buffer.from(`${line}\n`);
    if (file !== undefined && size + octets.length > largest) return false;
    size += octets.length;
    if (file === undefined) process.stdout.write(octets);
    else writeSync(file, octets);
    return true;
  }

  put(formatCaptureHeader(clock.now()));
  return {
    write(record) {
      if (isFull) return;
      isFull = !put(formatCaptureRecord(record));
      if (isFull) onFull();
      else count++;
    },
    get count() {
      return count;
    },
    [Symbol.dispose]() {
      isFull = true;
      if (file !== undefined) closeSync(file);
    },
  };
}

/** For its owner alone: it tells when somebody is at home. */
function open(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (cause) {
    throw new HomeError("capture-invalid", `${path} cannot be written: ${String(cause)}`, {}, cause);
  }
}
