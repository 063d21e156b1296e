/** What the provider offers now, and to which gateways: the sum of all it published and withdrew, one after the other. */

import type { DescriptorKey, Match } from "../../gateway-core/contract/descriptor.ts";
import { bestMatch } from "../../gateway-core/contract/descriptor-match.ts";
import { compareVersions, type GatewayRange, isForGateway } from "../../gateway-core/contract/descriptor-offer.ts";
import { isSameJson } from "../../gateway-core/contract/json.ts";

/** What is known of an entry without reading its statement. */
export interface Entry {
  readonly sequence: number;
  readonly type: string;
  readonly version: string | null;
  readonly gateways: GatewayRange | null;
  readonly matches: readonly Match[] | null;
}

/** A published version of a type. */
export interface Offer extends Entry {
  readonly version: string;
  readonly matches: readonly Match[];
}

export interface Found {
  readonly offer: Offer;
  /** How many members of the key its match agrees in. */
  readonly matched: number;
}

/** A gateway as far as offers depend on it; undefined: any. */
type Gateway = { readonly model: string; readonly version: string } | undefined;

export class DescriptorIndex {
  readonly #offers = new Map<string, readonly Offer[]>();
  readonly #withdrawals = new Map<string, Entry>();
  #sequence = 0;

  /** Of the newest entry. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Entries in rising sequence. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { type, version, sequence } = entry;
      const others = this.offersOf(type);
      if (isOffer(entry)) this.#offers.set(type, [...others.filter((other) => !isSameOffer(other, entry)), entry]);
      else {
        this.#withdrawals.set(type, entry);
        this.#offers.set(type, version === null ? [] : others.filter((other) => other.version !== version));
      }
      this.#sequence = sequence;
    }
  }

  /** What is offered of a type, the oldest entry first. */
  offersOf(type: string): readonly Offer[] {
    return this.#offers.get(type) ?? [];
  }

  /** All that is offered, sorted by type. */
  list(): readonly Offer[] {
    return [...this.#offers].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, offers]) => offers);
  }

  /** The newest withdrawal of a type, or of a version of it. */
  withdrawalOf(type: string): Entry | undefined {
    return this.#withdrawals.get(type);
  }

  /** Of each type the highest version for the gateway; of these the most specific for the key, and of equals the newest. */
  find(key: DescriptorKey, gateway: Gateway): Found | undefined {
    let best: Found | undefined;
    for (const offers of this.#offers.values()) {
      const offer = currentOf(offers, gateway);
      if (offer === undefined) continue;
      const matched = bestMatch(offer.matches, key);
      if (matched === 0 || matched < (best?.matched ?? 0)) continue;
      if (matched === best?.matched && offer.sequence < best.offer.sequence) continue;
      best = { offer, matched };
    }
    return best;
  }
}

function currentOf(offers: readonly Offer[], gateway: Gateway): Offer | undefined {
  let current: Offer | undefined;
  for (const offer of offers) {
    if (gateway !== undefined && !isForGateway(offer.gateways ?? undefined, { id: "", ...gateway })) continue;
    // Of the same version the newer entry.
    if (current === undefined || compareVersions(offer.version, current.version) >= 0) current = offer;
  }
  return current;
}

const isOffer = (entry: Entry): entry is Offer => entry.matches !== null && entry.version !== null;
const isSameOffer = (a: Offer, b: Offer): boolean =>
  a.version === b.version && isSameJson({ ...a.gateways }, { ...b.gateways });
