/** The home electronics database while the access broker runs: answers gateways, notes what is asked for in vain, and notices what the command line publishes meanwhile. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import { keyText } from "../../gateway-core/contract/descriptor-match.ts";
import type { SignedStatement } from "../../gateway-core/contract/descriptor-offer.ts";
import type { DescriptorAnswer, DescriptorQuery } from "../../gateway-core/contract/descriptor-query.ts";
import { DescriptorIndex, type Entry } from "./descriptor-index.ts";

/** How soon a running broker sees what was published. */
const lookMs = 1_000;

/** What this room asks of the store. */
export interface DatabaseStore {
  listDescriptors(after: number): Promise<readonly Entry[]>;
  readDescriptor(sequence: number): Promise<SignedStatement | undefined>;
  descriptorSequence(): Promise<number>;
  noteWanted(key: string, home: string, at: number): Promise<void>;
  forgetWanted(key: string, home: string): Promise<void>;
}

export interface DescriptorDatabase extends Disposable {
  /** Of the newest entry. */
  readonly sequence: number;
  answer(home: AccessNumber, query: DescriptorQuery): Promise<DescriptorAnswer>;
}

export interface DescriptorDatabaseOptions {
  readonly store: DatabaseStore;
  readonly clock: Clock;
  readonly log: Log;
  /** A mark for a home that names it to nobody. */
  readonly markOf: (home: AccessNumber) => string;
  readonly onChange: (sequence: number) => void;
}

export async function openDescriptorDatabase(options: DescriptorDatabaseOptions): Promise<DescriptorDatabase> {
  const { store, clock, log, markOf, onChange } = options;
  const index = new DescriptorIndex();
  index.add(await store.listDescriptors(0));

  let isClosed = false;
  let looking = clock.after(lookMs, lookSoon);
  function lookSoon(): void {
    look()
      .catch((cause: unknown) => log.write("error", "descriptor-database-failed", { cause: String(cause) }))
      .finally(() => {
        if (!isClosed) looking = clock.after(lookMs, lookSoon);
      });
  }
  async function look(): Promise<void> {
    if ((await store.descriptorSequence()) === index.sequence) return;
    index.add(await store.listDescriptors(index.sequence));
    onChange(index.sequence);
  }

  /** The statement that serves a query, "unchanged", or undefined when nothing does. */
  function entryFor({ key, gateway, matched, has }: DescriptorQuery): Entry | "unchanged" | undefined {
    const found = index.find(key, gateway);
    if (found !== undefined && found.matched > matched) {
      const { offer } = found;
      return has?.type === offer.type && has.sequence >= offer.sequence ? "unchanged" : offer;
    }
    const withdrawal = has === null ? undefined : index.withdrawalOf(has.type);
    return withdrawal !== undefined && withdrawal.sequence > (has?.sequence ?? 0) ? withdrawal : undefined;
  }

  return {
    get sequence() {
      return index.sequence;
    },
    async answer(home, query) {
      const { id, key, matched } = query;
      const entry = entryFor(query);
      const isServed = entry === "unchanged" || (entry !== undefined && entry.matches !== null);
      if (isServed) await store.forgetWanted(keyText(key), markOf(home));
      // Who has a descriptor of their own lacks nothing.
      else if (matched === 0) await store.noteWanted(keyText(key), markOf(home), clock.now());
      if (entry === "unchanged") return { id, answer: entry };
      const signed = entry && (await store.readDescriptor(entry.sequence));
      return signed === undefined ? { id, answer: "unknown" } : { id, answer: "signed", ...signed };
    },
    [Symbol.dispose]() {
      isClosed = true;
      looking.cancel();
    },
  };
}
