/** One job at a time for one node, the most urgent first: real nodes lose what reaches them while they answer. */

/** What a person waits for goes first, what nobody waits for last. */
const priorities = ["set", "get", "poll"] as const;

export type Priority = (typeof priorities)[number];

export class NodeQueue {
  readonly #waiting: Record<Priority, (() => Promise<void>)[]> = { set: [], get: [], poll: [] };
  #isBusy = false;

  /** Resolves or rejects as the job does. A job whose signal aborts while it waits is never run: it rejects with the reason. */
  run<T>(priority: Priority, job: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting[priority].push(async () => {
        if (signal.aborted) return reject(signal.reason);
        await job().then(resolve, reject);
      });
      if (!this.#isBusy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) await next();
    this.#isBusy = false;
  }

  #next(): (() => Promise<void>) | undefined {
    for (const priority of priorities) {
      const job = this.#waiting[priority].shift();
      if (job !== undefined) return job;
    }
    return undefined;
  }
}
