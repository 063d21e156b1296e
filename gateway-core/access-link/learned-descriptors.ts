/** What this house has learned from its provider about devices: kept as it was signed, over restarts, and used whether or not the provider is there. */

import type { Host } from "../contract/clock.ts";
import type { Descriptor, DescriptorKey } from "../contract/descriptor.ts";
import type { DescriptorEvent } from "../contract/descriptor-events.ts";
import { bestMatch } from "../contract/descriptor-match.ts";
import { type GatewayFacts, isForGateway, type SignedStatement, type Statement } from "../contract/descriptor-offer.ts";
import { isSignature } from "../contract/descriptor-query.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type Json } from "../contract/json.ts";
import { openStatement, readDescriptorKey } from "./signed-statement.ts";

const name = "descriptors";
/** More makes of devices than a home has. */
const mostTypes = 200;

export interface LearnedDescriptors {
  /** The oldest first. */
  list(): readonly Descriptor[];
  /** What was learned that fits a device best. */
  bestFor(key: DescriptorKey): { readonly type: string; readonly sequence: number } | undefined;
  /**
   * Takes what the provider answered about a device; undefined when it is known already.
   * @throws HomeError `descriptor-untrusted` with its `reason`, `descriptor-invalid`
   */
  accept(signed: SignedStatement, key: DescriptorKey): DescriptorEvent | undefined;
}

export interface LearnedOptions {
  readonly host: Pick<Host, "memory" | "log">;
  /** As on the card. */
  readonly descriptorKey: string;
  readonly gateway: GatewayFacts;
  /** Checks a descriptor as any untrusted input. @throws HomeError `descriptor-invalid` */
  readonly parse: (candidate: unknown) => Descriptor;
}

interface Learned {
  readonly signed: SignedStatement;
  readonly statement: Statement;
  /** Undefined: withdrawn. It is kept, so that what is older cannot come back. */
  readonly descriptor: Descriptor | undefined;
}

/** What another provider signed, or what was meant for another version of this gateway, is forgotten. @throws HomeError `card-invalid` */
export function openLearnedDescriptors(options: LearnedOptions): LearnedDescriptors {
  const { host, descriptorKey, gateway, parse } = options;
  const providerKey = readDescriptorKey(descriptorKey);
  const learned = new Map<string, Learned>();

  const open = (signed: SignedStatement): Learned => {
    const statement = openStatement(signed, providerKey);
    if ("withdrawn" in statement) return { signed, statement, descriptor: undefined };
    if (!isForGateway(statement.gateways, gateway))
      throw untrusted("gateways", "it is for other gateways than this one");
    const descriptor = parse(statement.descriptor);
    if (descriptor["gk:type"] !== statement.type || descriptor.version.model !== statement.version) {
      throw new HomeError("descriptor-invalid", "it is of another type or version than its statement says");
    }
    return { signed, statement, descriptor };
  };

  const enter = (entry: Learned): void => {
    learned.delete(entry.statement.type);
    learned.set(entry.statement.type, entry);
  };

  for (const signed of keptIn(host.memory.read(name), descriptorKey)) {
    try {
      enter(open(signed));
    } catch (thrown) {
      host.log.write("warn", "kept-descriptor-refused", { error: toHomeError(thrown).toBody() });
    }
  }

  const bestFor = (key: DescriptorKey): Learned | undefined => {
    let best: Learned | undefined;
    let most = 1;
    for (const entry of learned.values()) {
      const match = bestMatch(entry.descriptor?.["gk:match"] ?? [], key);
      if (match < most) continue;
      [best, most] = [entry, match];
    }
    return best;
  };

  return {
    list: () => [...learned.values()].flatMap(({ descriptor }) => descriptor ?? []),
    bestFor(key) {
      const statement = bestFor(key)?.statement;
      return statement && { type: statement.type, sequence: statement.sequence };
    },
    accept(signed, key) {
      const entry = open(signed);
      const { type, sequence } = entry.statement;
      const before = learned.get(type);
      if (before?.signed.statement === signed.statement) return undefined;
      if (before !== undefined && sequence <= before.statement.sequence) {
        throw untrusted("rolled-back", `${type} is older than what was learned before`);
      }
      const isAsked =
        entry.descriptor === undefined
          ? bestFor(key)?.statement.type === type
          : bestMatch(entry.descriptor["gk:match"], key) > 0;
      if (!isAsked) throw untrusted("unasked", `${type} was not asked for`);
      if (before === undefined && learned.size >= mostTypes) throw untrusted("too-many", "there are too many already");
      enter(entry);
      const all = [...learned.values()].map(({ signed }) => ({ ...signed }));
      host.memory.write(name, { v: 1, descriptorKey, signed: all });
      const { descriptor } = entry;
      return descriptor === undefined
        ? { type: "withdrawn", descriptorType: type }
        : { type: "descriptor", descriptor };
    },
  };
}

function keptIn(kept: Json | undefined, descriptorKey: string): readonly SignedStatement[] {
  const { v, descriptorKey: from, signed } = isJsonObject(kept) ? kept : {};
  if (v !== 1 || from !== descriptorKey || !Array.isArray(signed)) return [];
  return signed.flatMap((one: unknown) => {
    const { statement, signature } = isJsonObject(one) ? one : {};
    return typeof statement === "string" && isSignature(signature) ? [{ statement, signature }] : [];
  });
}

const untrusted = (reason: string, message: string): HomeError =>
  new HomeError("descriptor-untrusted", message, { reason });
