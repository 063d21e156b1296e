/** Answers of homes that are kept in memory, bounded in octets for each home and for all; what was of no use for longest goes first. */

export interface Kept {
  readonly octets: number;
}

export interface KeptAnswers<T extends Kept> {
  /** Counts as a use. */
  find(home: string, key: string): T | undefined;
  /** Takes the place of what had this key. What is larger than a home may have is not kept. */
  keep(home: string, key: string, value: T): void;
  /** Of one home, the least used first. */
  list(home: string): readonly (readonly [key: string, value: T])[];
  remove(home: string, isMeant: (value: T) => boolean): void;
  removeEverywhere(isMeant: (value: T) => boolean): void;
  /** What is kept of all homes. */
  readonly octets: number;
}

export interface KeptLimits {
  readonly perHome: number;
  readonly overall: number;
}

interface Shelf<T> {
  octets: number;
  /** In the order of their last use. */
  readonly answers: Map<string, T>;
}

export function createKeptAnswers<T extends Kept>({ perHome, overall }: KeptLimits): KeptAnswers<T> {
  /** In the order of their last use. */
  const shelves = new Map<string, Shelf<T>>();
  let octets = 0;

  const drop = (home: string, shelf: Shelf<T>, key: string): void => {
    const value = shelf.answers.get(key);
    if (value === undefined) return;
    shelf.answers.delete(key);
    shelf.octets -= value.octets;
    octets -= value.octets;
    if (shelf.answers.size === 0) shelves.delete(home);
  };
  const dropOldest = ([home, shelf]: readonly [string, Shelf<T>]): void => {
    const [oldest] = shelf.answers.keys();
    if (oldest !== undefined) drop(home, shelf, oldest);
  };
  const touch = (home: string, shelf: Shelf<T>): void => {
    shelves.delete(home);
    shelves.set(home, shelf);
  };
  const remove = (home: string, isMeant: (value: T) => boolean): void => {
    const shelf = shelves.get(home);
    if (shelf === undefined) return;
    for (const [key, value] of shelf.answers) if (isMeant(value)) drop(home, shelf, key);
  };

  return {
    find(home, key) {
      const shelf = shelves.get(home);
      const value = shelf?.answers.get(key);
      if (shelf === undefined || value === undefined) return undefined;
      shelf.answers.delete(key);
      shelf.answers.set(key, value);
      touch(home, shelf);
      return value;
    },
    keep(home, key, value) {
      const shelf = shelves.get(home) ?? { octets: 0, answers: new Map() };
      drop(home, shelf, key);
      if (value.octets > Math.min(perHome, overall)) return;
      shelf.answers.set(key, value);
      shelf.octets += value.octets;
      octets += value.octets;
      touch(home, shelf);
      while (shelf.octets > perHome) dropOldest([home, shelf]);
      while (octets > overall) {
        const [quietest] = shelves;
        if (quietest !== undefined) dropOldest(quietest);
      }
    },
    list: (home) => [...(shelves.get(home)?.answers ?? [])],
    remove,
    removeEverywhere(isMeant) {
      for (const home of [...shelves.keys()]) remove(home, isMeant);
    },
    get octets() {
      return octets;
    },
  };
}
