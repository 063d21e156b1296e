/** What is known of one source, told to who follows it. */

import type { Change } from "../contract/adapter.ts";
import type { Json } from "../contract/json.ts";
import type { SourceForm } from "../contract/stream.ts";
import type { AvSourceSetting } from "./av-settings.ts";
import { type Reason, reasonOf } from "./source-trouble.ts";

export type SourceState = "idle" | "connecting" | "playing" | "interrupted" | "failed";

/** The names by which descriptors bind them. */
interface Facts {
  /** Where it comes from. */
  readonly origin: "file" | "tcp" | "http";
  state: SourceState;
  /** Why it could not be watched the last time, or was interrupted. */
  problem: Reason | "none";
  /** What it sent the last time. */
  form: SourceForm | null;
  /** Of files alone: whether it begins again where it ends. */
  readonly loop?: boolean;
  /** Of networks alone: how often the stream had to be taken up again. */
  interruptions?: number;
}

export class SourceFacts {
  readonly #facts: Facts;
  readonly #listeners = new Set<(change: Change) => void>();
  #isAvailable = true;

  constructor({ origin, loop }: AvSourceSetting) {
    const known = { origin: origin.type, state: "idle", problem: "none", form: null } as const;
    this.#facts = { ...known, ...(origin.type === "file" ? { loop } : { interruptions: 0 }) };
  }

  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** Undefined: this source has no such fact. */
  get(name: string): Json | undefined {
    return Object.hasOwn(this.#facts, name)
      ? Object.entries(this.#facts).find(([one]) => one === name)?.[1]
      : undefined;
  }

  names(): readonly string[] {
    return Object.keys(this.#facts);
  }

  /** A source that is back tells everything anew. */
  setAvailable(is: boolean): void {
    if (this.#isAvailable === is) return;
    this.#isAvailable = is;
    this.#tell({ type: "availability", available: is });
    if (is) for (const name of this.names()) this.#tellFact(name);
  }

  setForm(form: SourceForm): void {
    if (this.#facts.form === form) return;
    this.#facts.form = form;
    this.#tellFact("form");
  }

  setState(state: SourceState, thrown?: unknown): void {
    const problem = thrown === undefined ? "none" : (reasonOf(thrown) ?? "unreadable");
    if (this.#facts.state !== state) {
      this.#facts.state = state;
      this.#tellFact("state");
    }
    if (this.#facts.problem === problem) return;
    this.#facts.problem = problem;
    this.#tellFact("problem");
  }

  countInterruption(): void {
    this.#facts.interruptions = (this.#facts.interruptions ?? 0) + 1;
    this.#tellFact("interruptions");
  }

  /** Calls the listener with each change from now on, `property` being the fact's name; returns how to stop. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tellFact(property: string): void {
    this.#tell({ type: "value", property, value: this.get(property) ?? null });
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
