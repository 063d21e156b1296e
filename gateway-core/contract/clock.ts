/** Time, randomness, memory and the log are handed in through these ports; tests hand in fakes. */

import type { Json, JsonObject } from "./json.ts";

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Runs the action once, `delayMs` from now. A pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
}

export interface Ids {
  /** A fresh identifier, at least 128 random bits, `[A-Za-z0-9_-]` only. */
  fresh(): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

/** Small durable values of one room, kept across restarts. */
export interface Memory {
  read(name: string): Json | undefined;
  /** Durable when it returns: temporary file, fsync, rename. */
  write(name: string, value: Json): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Log {
  /** `event` is a constant kebab-case word; what varies stands in `facts`. */
  write(level: LogLevel, event: string, facts?: JsonObject): void;
}

/** What the machine gives to a room. */
export interface Host {
  readonly clock: Clock;
  /** Goes on evenly, whoever sets the time of day: for how long something took or has been silent. Where there is none, `clock` serves. */
  readonly steadyClock?: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly memory: Memory;
  /** Frees what short-lived objects hold, where the machine offers that. */
  readonly collectYoung?: () => void;
}

/** Resolves after `delayMs`, or rejects with the signal's reason when aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
