/** Publishes descriptors and withdraws them. Each step is signed and stands for good: a version once published never changes, and what is rolled back is signed anew. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import {
  compareVersions,
  type GatewayRange,
  isMatch,
  longestAnswer,
  parseStatement,
  type SignedStatement,
  type Statement,
  signedText,
} from "../../gateway-core/contract/descriptor-offer.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isSameJson, type JsonObject } from "../../gateway-core/contract/json.ts";
import { DescriptorIndex, type Entry, type Offer } from "./descriptor-index.ts";

/** What this room asks of the store. */
export interface PublishStore {
  addDescriptors(entries: readonly (Entry & SignedStatement)[]): Promise<boolean>;
  listDescriptors(after: number): Promise<readonly Entry[]>;
  readDescriptor(sequence: number): Promise<SignedStatement | undefined>;
}

export interface Publisher {
  /**
   * Offers a descriptor to the gateways in a range, or to all. False: that is so already.
   * @throws HomeError `descriptor-invalid` for a version that was another before, or is older than what the same gateways are offered.
   */
  publish(descriptor: Descriptor, gateways?: GatewayRange): Promise<boolean>;
  /**
   * Takes a version back, so that the one before serves again, or with `undefined` the whole type.
   * @throws HomeError `not-found`
   */
  withdraw(type: string, version: string | undefined): Promise<void>;
}

export interface PublisherOptions {
  readonly store: PublishStore;
  readonly clock: Clock;
  readonly sign: (text: string) => string;
}

const mostTries = 5;

export function createPublisher({ store, clock, sign }: PublisherOptions): Publisher {
  /** Builds entries on what is there now; again when another command was faster. */
  async function append(build: (index: DescriptorIndex) => Promise<readonly Draft[]>): Promise<boolean> {
    for (let attempt = 0; attempt < mostTries; attempt++) {
      const index = new DescriptorIndex();
      index.add(await store.listDescriptors(0));
      const drafts = await build(index);
      if (drafts.length === 0) return false;
      // Not from 1: a provider who lost the database is still believed after.
      const first = Math.max(index.sequence + 1, clock.now());
      const entries = drafts.map((draft, place) => seal(draft, first + place));
      if (await store.addDescriptors(entries)) return true;
    }
    throw new HomeError("internal", "the descriptor database is written to without end");
  }

  function seal({ matches, ...rest }: Draft, sequence: number): Entry & SignedStatement {
    const statement: Statement = { ...rest, v: 1, sequence };
    const text = JSON.stringify(statement);
    const signed = { statement: text, signature: sign(signedText(text)) };
    const octets = Buffer.byteLength(JSON.stringify({ id: "x".repeat(64), answer: "signed", ...signed }));
    if (octets > longestAnswer) {
      const facts = { octets, maximum: longestAnswer };
      throw new HomeError("descriptor-invalid", `${rest.type} takes ${octets} octets; at most ${longestAnswer}`, facts);
    }
    const { type, version = null } = rest;
    return {
      sequence,
      type,
      version,
      gateways: "gateways" in rest ? (rest.gateways ?? null) : null,
      matches,
      ...signed,
    };
  }

  async function descriptorOf({ sequence, type }: Offer): Promise<JsonObject> {
    const statement = parseStatement((await store.readDescriptor(sequence))?.statement ?? "");
    if ("descriptor" in statement) return statement.descriptor;
    throw new HomeError("internal", `the store holds no descriptor for ${type} under ${sequence}`);
  }

  return {
    publish(descriptor, gateways) {
      const { "gk:type": type, version } = descriptor;
      const content: JsonObject = JSON.parse(JSON.stringify(descriptor));
      const range = gateways === undefined || Object.keys(gateways).length === 0 ? null : gateways;
      return append(async (index) => {
        const same = index.offersOf(type).filter((offer) => isSameJson({ ...offer.gateways }, { ...range }));
        const present = same.find((offer) => offer.version === version.model);
        if (present !== undefined && isSameJson(await descriptorOf(present), content)) return [];
        const newer = same.find((offer) => compareVersions(offer.version, version.model) >= 0);
        if (newer !== undefined) throw outdated(type, version.model, newer.version);
        const matches = descriptor["gk:match"].filter(isMatch);
        const draft = { type, version: version.model, descriptor: content, matches };
        return [range === null ? draft : { ...draft, gateways: range }];
      });
    },

    async withdraw(type, version) {
      await append(async (index) => {
        const offers = index.offersOf(type);
        const gone = offers.filter((offer) => version === undefined || offer.version === version);
        if (gone.length === 0) {
          const what = version === undefined ? type : `${type} ${version}`;
          throw new HomeError("not-found", `${what} is not published`, { type });
        }
        // Signed anew, so that they are newer than what they take the place of.
        const rest = offers.filter((offer) => !gone.includes(offer));
        const again = rest.map(async (offer): Promise<Draft> => {
          const { version, matches, gateways } = offer;
          const draft = { type, version, descriptor: await descriptorOf(offer), matches };
          return gateways === null ? draft : { ...draft, gateways };
        });
        const withdrawal = { type, withdrawn: true, matches: null } as const;
        return [version === undefined ? withdrawal : { ...withdrawal, version }, ...(await Promise.all(again))];
      });
    },
  };
}

type Unnumbered<S> = S extends Statement ? Omit<S, "v" | "sequence"> : never;
type Draft = Unnumbered<Statement> & Pick<Entry, "matches">;

function outdated(type: string, version: string, newer: string): HomeError {
  const text =
    version === newer
      ? `${type} ${version} was published with other content; raise version.model`
      : `${type} ${newer} is published already; withdraw it to roll back to ${version}`;
  return new HomeError("descriptor-invalid", text, { path: "/version/model" });
}
