/** Gets properties of one object: as many in a frame as it bears, what is missing again in smaller frames, until each is known to come or not. */

import { HomeError } from "../contract/errors.ts";
import type { Answer } from "./answer.ts";
import type { Eoj } from "./eoj.ts";
import type { Priority } from "./node-queue.ts";
import { packed } from "./packed.ts";
import type { Transactions } from "./transactions.ts";

/** Each EPC asked stands in exactly one of the three. */
export interface Reading {
  readonly values: ReadonlyMap<number, Uint8Array>;
  /** The object says that it does not give them. */
  readonly refused: ReadonlySet<number>;
  /** The object answers, but not about these. */
  readonly silent: ReadonlySet<number>;
}

export interface ReadCall {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** By EPC, another one that selects its value: both travel in one frame, always. */
  readonly selectors?: ReadonlyMap<number, number>;
}

export interface PropertyReader {
  /** @throws HomeError `device-silent` when the object does not answer at all. */
  read(address: string, epcs: readonly number[], call: ReadCall): Promise<Reading>;
  /** Forgets what was learned: the object may be another one now. */
  forget(): void;
}

/** Smaller and smaller numbers of EPCs in one frame, down to the surest; none above what the wire bears. */
const smallerBatches = [10, 5, 3, 1] as const;
/** Every object has its operation status. */
const operationStatus = 0x80;
/** An answer in part proves at once that a frame asked for too much; silence may have been a loss. */
const proof = { inPart: 2, silence: 1, enough: 2 };

/** EPCs that are never parted: one, or some and what selects their values. */
type Unit = readonly number[];

interface Shortfall {
  readonly step: number;
  readonly missing: readonly number[];
  readonly weight: number;
}

export function createPropertyReader(eoj: Eoj, transactions: Transactions): PropertyReader {
  /** EPCs that did not come when last asked for: asked alone, so that they cost no others. */
  const suspects = new Set<number>();
  const most = transactions.pace.mostProperties;
  const batchSizes = [most, ...smallerBatches.filter((size) => size < most)];
  const evidence = new Map<number, number>();
  let firstStep = 0;
  let lastGiven = operationStatus;

  const isSuspect = (epc: number): boolean => suspects.has(epc);

  function ask(address: string, epcs: readonly number[], attempts: number, call: ReadCall): Promise<Answer> {
    const properties = epcs.map((epc) => ({ epc, edt: new Uint8Array(0) }));
    return transactions.exchange({ address, request: { eoj, esv: "Get", properties }, attempts, ...call });
  }

  /** An answer, or undefined when this frame got none although the object is there. What may be silent again is asked once. */
  async function askOrProve(address: string, units: readonly Unit[], call: ReadCall): Promise<Answer | undefined> {
    const epcs = units.flat();
    const isSure = units.length === 1 && !epcs.some(isSuspect);
    try {
      return await ask(address, epcs, isSure ? 2 : 1, call);
    } catch (thrown) {
      const isProof = epcs.length === 1 && epcs[0] === lastGiven;
      if (isProof || !(thrown instanceof HomeError) || thrown.code !== "device-silent") throw thrown;
      await ask(address, [lastGiven], 2, call);
      return undefined;
    }
  }

  /** Takes smaller frames from now on when larger ones kept failing for what smaller ones then brought. */
  function learn(shortfalls: readonly Shortfall[], values: ReadonlyMap<number, Uint8Array>): void {
    for (const { step, missing, weight } of shortfalls) {
      if (!missing.every((epc) => values.has(epc))) continue;
      evidence.set(step, (evidence.get(step) ?? 0) + weight);
      if ((evidence.get(step) ?? 0) >= proof.enough) firstStep = Math.max(firstStep, step + 1);
    }
  }

  return {
    async read(address, epcs, call) {
      const values = new Map<number, Uint8Array>();
      const refused = new Set<number>();
      const silent = new Set<number>();
      const shortfalls: Shortfall[] = [];

      /** Asks for one frame's worth; what did not come whole and may be asked for again. */
      async function readBatch(units: readonly Unit[], step: number): Promise<readonly Unit[]> {
        const batch = units.flat();
        const answer = await askOrProve(address, units, call);
        for (const [epc, edt] of answer?.given ?? []) {
          values.set(epc, edt);
          suspects.delete(epc);
          lastGiven = epc;
        }
        const missing = batch.filter((epc) => !values.has(epc));
        if (answer?.given.size === 0 && batch.every((epc) => answer.refused.has(epc))) {
          // Who gives only so many gives one at least: this is a plain no to each.
          for (const epc of batch) refused.add(epc);
          return [];
        }
        if (units.length > 1) {
          if (missing.length > 0) shortfalls.push({ step, missing, weight: answer ? proof.inPart : proof.silence });
          return units.filter((unit) => unit.some((epc) => !values.has(epc)));
        }
        for (const epc of missing) {
          suspects.add(epc);
          (answer?.refused.has(epc) ? refused : silent).add(epc);
        }
        return [];
      }

      const units = unitsOf(epcs, call.selectors);
      const alone = units.filter((unit) => unit.some(isSuspect));
      let together = units.filter((unit) => !unit.some(isSuspect));
      for (let step = firstStep; together.length > 0 && step < batchSizes.length; step++) {
        const missing: Unit[] = [];
        for (const batch of packed(together, batchSizes[step] ?? 1)) missing.push(...(await readBatch(batch, step)));
        together = missing;
      }
      for (const unit of alone) await readBatch([unit], batchSizes.length - 1);
      learn(shortfalls, values);
      return { values, refused, silent };
    },

    forget() {
      suspects.clear();
      evidence.clear();
      firstStep = 0;
      lastGiven = operationStatus;
    },
  };
}

/** Each EPC in one unit: with its selector and all else that this selects, or alone. */
function unitsOf(epcs: readonly number[], selectors: ReadonlyMap<number, number> = new Map()): Unit[] {
  const units = new Map<number, Set<number>>();
  for (const epc of epcs) {
    const key = selectors.get(epc) ?? epc;
    units.set(key, (units.get(key) ?? new Set<number>()).add(key).add(epc));
  }
  return Array.from(units.values(), (unit) => [...unit]);
}
