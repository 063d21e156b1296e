/** Tells one client topics of which only the newest payload counts, no faster than it reads: of all that it has not read yet, next to nothing waits in memory. */

/** Hands a topic's newest payload to the client: how many octets it has, and when they have left. */
export type Deliver = (topic: string) => { readonly octets: number; readonly left: Promise<void> };

/** Octets that are handed over before it is waited for: far below what a visitor may leave unread, whatever comes beside them. */
const mostAtOnce = 64 * 1024;

export class PacedTelling {
  readonly #deliver: Deliver;
  /** Told in the order in which they were owed first. */
  readonly #owed = new Set<string>();
  #isTelling = false;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  owe(topic: string): void {
    this.#owed.add(topic);
    if (!this.#isTelling) void this.#tell();
  }

  stop(): void {
    this.#owed.clear();
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    while (this.#owed.size > 0) {
      let octets = 0;
      const leaving: Promise<void>[] = [];
      for (const topic of this.#owed) {
        this.#owed.delete(topic);
        const one = this.#deliver(topic);
        leaving.push(one.left);
        octets += one.octets;
        if (octets >= mostAtOnce) break;
      }
      await Promise.all(leaving);
    }
    this.#isTelling = false;
  }
}
