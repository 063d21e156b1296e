/** When to ask for which property again: often what changes, seldom what stands still or is announced (INF), ever less what fails. Pure. */

interface Entry {
  readonly isAnnounced: boolean;
  intervalMs: number;
  dueAt: number;
}

/** A property that stands still is asked for this many times less often at last; one that announces itself, even less. */
const calmest = { polled: 4, announced: 10 };
/** What fails is asked for again at least this often. */
const longestMs = 3_600_000;

export class PollPlan {
  readonly #pollMs: number;
  readonly #entries: ReadonlyMap<number, Entry>;

  /** `epcs`: each readable property, with whether the device announces it. All are due at once. */
  constructor(pollMs: number, epcs: ReadonlyMap<number, { readonly isAnnounced: boolean }>) {
    this.#pollMs = pollMs;
    this.#entries = new Map(
      Array.from(epcs, ([epc, { isAnnounced }]) => [epc, { isAnnounced, intervalMs: pollMs, dueAt: 0 }]),
    );
  }

  /** EPCs that are due, with those that would be soon: they fit into the same frame. */
  due(now: number): number[] {
    const isDue = [...this.#entries.values()].some(({ dueAt }) => dueAt <= now);
    if (!isDue) return [];
    const soon = now + this.#pollMs / 4;
    return [...this.#entries].filter(([, { dueAt }]) => dueAt <= soon).map(([epc]) => epc);
  }

  /** The device told the value of a property, asked or not. */
  told(epc: number, now: number, { isChanged }: { readonly isChanged: boolean }): void {
    const entry = this.#entries.get(epc);
    if (entry === undefined) return;
    const longest = this.#pollMs * (entry.isAnnounced ? calmest.announced : calmest.polled);
    if (entry.isAnnounced) entry.intervalMs = longest;
    else entry.intervalMs = isChanged ? this.#pollMs : Math.min(longest, 2 * entry.intervalMs);
    entry.dueAt = now + entry.intervalMs;
  }

  /** The device is there, but did not tell the value. */
  failed(epc: number, now: number): void {
    const entry = this.#entries.get(epc);
    if (entry === undefined) return;
    entry.intervalMs = Math.min(longestMs, 2 * entry.intervalMs);
    entry.dueAt = now + entry.intervalMs;
  }

  /** Everything is to be asked for now: the device is new, or came back. */
  restart(): void {
    for (const entry of this.#entries.values()) {
      entry.intervalMs = this.#pollMs;
      entry.dueAt = 0;
    }
  }

  /** Something was set: what does not announce itself may have changed with it. */
  hasten(at: number): void {
    for (const entry of this.#entries.values()) {
      if (!entry.isAnnounced && entry.intervalMs <= calmest.polled * this.#pollMs)
        entry.dueAt = Math.min(entry.dueAt, at);
    }
  }
}
