/** A host whose time stands still until told to move, whose ids count up and whose log and memory can be read. */

import type { Clock, Host, Ids, Log, LogLevel, Memory, Timer } from "../../gateway-core/contract/clock.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";

export class FakeClock implements Clock {
  #now: number;
  #pending: { at: number; order: number; action: () => void }[] = [];
  #order = 0;

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { at: this.#now + Math.max(0, delayMs), order: this.#order++, action };
    this.#pending.push(entry);
    const cancel = (): void => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
    return { cancel };
  }

  /** Somebody sets the clock: what waits is due as long from now as it was before. */
  set(now: number): void {
    const byMs = now - this.#now;
    this.#now = now;
    this.#pending = this.#pending.map((entry) => ({ ...entry, at: entry.at + byMs }));
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.length;
  }

  #first(): { at: number; order: number; action: () => void } | undefined {
    let first = this.#pending[0];
    for (const entry of this.#pending) {
      if (first !== undefined && (entry.at < first.at || (entry.at === first.at && entry.order < first.order)))
        first = entry;
    }
    return first;
  }

  /** Moves time forward; each due timer runs at its own moment, and promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#first();
      if (next === undefined || next.at > end) break;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#now = next.at;
      next.action();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that is ready run: promise chains and what they queued. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export class FakeIds implements Ids {
  #next = 1;
  fraction(): number {
    return 0.5;
  }
  fresh(): string {
    return `id-${String(this.#next++).padStart(4, "0")}`;
  }
}

export class FakeLog implements Log {
  readonly lines: { level: LogLevel; event: string; facts: JsonObject }[] = [];
  write(level: LogLevel, event: string, facts: JsonObject = {}): void {
    this.lines.push({ level, event, facts });
  }
  /** The events written, in order, at one level or at all. */
  events(level?: LogLevel): string[] {
    return this.lines.filter((line) => level === undefined || line.level === level).map((line) => line.event);
  }
}

export class FakeMemory implements Memory {
  readonly values = new Map<string, Json>();
  read(name: string): Json | undefined {
    return this.values.get(name);
  }
  write(name: string, value: Json): void {
    this.values.set(name, structuredClone(value));
  }
}

export interface FakeHost extends Host {
  readonly clock: FakeClock;
  readonly ids: FakeIds;
  readonly log: FakeLog;
  readonly memory: FakeMemory;
}

export function fakeHost(): FakeHost {
  return { clock: new FakeClock(), ids: new FakeIds(), log: new FakeLog(), memory: new FakeMemory() };
}
