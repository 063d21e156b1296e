/**
 * The subscription file: homes with their people, signed by the provider, so that they are registered at an access broker
 * by a medium instead of over the network (docs/access-broker.md, subscription file). Pure.
 */

import { parseAccessNumber } from "../../gateway-core/contract/access-number.ts";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJson, isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { assertUserName, readOwnGrant } from "./people.ts";
import type { ProxyPolicy, SubscribedHome, SubscribedPerson } from "./people-store.ts";

export interface SubscriptionFile {
  /** The provider's host: a file is for no other. */
  readonly host: string;
  /** RFC 3339. */
  readonly made: string;
  readonly expires: string;
  readonly homes: readonly SubscribedHome[];
}

/** What is signed: in front of it what it is, so that the signature serves nothing else that the same key signs. */
export const signedText = (statement: string): string => `genkan subscriptions 1\n${statement}`;

/** The statement of a file whose signature was found right. @throws HomeError `subscription-file-invalid` */
export function parseSubscriptionFile(statement: string): SubscriptionFile {
  try {
    const told: unknown = JSON.parse(statement);
    const { host, made, expires, homes } = objectOf(told);
    return { host: textOf(host), made: textOf(made), expires: textOf(expires), homes: listOf(homes).map(homeOf) };
  } catch (cause) {
    throw fileInvalid("form", cause);
  }
}

export const fileInvalid = (reason: "form" | "signature" | "host" | "expired", cause?: unknown): HomeError =>
  new HomeError("subscription-file-invalid", `the subscription file cannot be used: ${reason}`, { reason }, cause);

function homeOf(input: Json): SubscribedHome {
  const { number, methods, isSuspended, requirement, people, proxy } = objectOf(input);
  const told = listOf(methods);
  return {
    number: parseAccessNumber(number),
    methods: communicationMethods.filter((method) => told.includes(method)),
    isSuspended: isSuspended === true,
    requirement: requirement === null ? null : textOf(requirement),
    people: listOf(people).map(personOf),
    // A file of an earlier version says nothing of it.
    proxy: proxy === undefined || proxy === null ? proxy : policyOf(proxy),
  };
}

function policyOf(input: Json): ProxyPolicy {
  const { allow, deny } = objectOf(input);
  return { allow: listOf(allow).map(textOf), deny: listOf(deny).map(textOf) };
}

function personOf(input: Json): SubscribedPerson {
  const { user, role, grant, isSuspended, passwordHash, state, credentials } = objectOf(input);
  const name = textOf(user);
  assertUserName(name);
  return {
    user: name,
    role: oneOf(role, ["owner", "guest"]),
    grant: readOwnGrant(grant),
    isSuspended: isSuspended === true,
    passwordHash: textOf(passwordHash),
    state: oneOf(state, ["password", "one-time", "one-time-used", "none"]),
    credentials: listOf(credentials).map((one) => {
      const { kind, id, facts, counter, addedAt } = objectOf(one);
      return {
        kind: oneOf(kind, ["totp", "recovery", "key", "passkey", "app"]),
        ...{ id: textOf(id), facts: objectOf(facts), counter: countOf(counter), addedAt: countOf(addedAt) },
      };
    }),
  };
}

function objectOf(input: unknown): JsonObject {
  if (isJson(input) && isJsonObject(input)) return input;
  throw fileInvalid("form");
}

function listOf(input: Json | undefined): readonly Json[] {
  if (Array.isArray(input)) return input;
  throw fileInvalid("form");
}

function textOf(input: Json | undefined): string {
  if (typeof input === "string") return input;
  throw fileInvalid("form");
}

function countOf(input: Json | undefined): number {
  if (typeof input === "number" && Number.isSafeInteger(input)) return input;
  throw fileInvalid("form");
}

function oneOf<T extends string>(input: Json | undefined, all: readonly T[]): T {
  const found = all.find((one) => one === input);
  if (found !== undefined) return found;
  throw fileInvalid("form");
}
