/** What the provider's desk asks of the provider's own deeds, as access-broker.ts joins them. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { PersonLine } from "./door-rooms.ts";
import type { OperatorFacts } from "./operator-pages.ts";

/** Which of the provider's people does it, and from where: it stands in the audit. */
export interface By {
  readonly user: string;
  readonly source: string;
}

/** A home in the list. */
export interface HomeLine {
  readonly number: AccessNumber;
  readonly isOnline: boolean;
}

/** A home as its page shows it. */
export interface HomeFile extends HomeLine {
  /** When its last link went, since this broker started: milliseconds since 1970. */
  readonly awaySince: number | undefined;
  readonly isEnrolled: boolean;
  readonly isSuspended: boolean;
  readonly methods: readonly CommunicationMethod[];
  readonly requirement: string;
  /** Whether its computers may use the outbound proxy; `limited`: not everywhere. */
  readonly proxy: "on" | "off" | "limited";
  readonly people: readonly PersonLine[];
}

/** Told once. */
export interface HandedOver {
  readonly address: string;
  readonly secret: string;
  readonly link: string;
  /** RFC 3339. */
  readonly expires: string;
}

/** What cannot be done is `value-invalid` or `not-found`. */
export interface ProviderOffice {
  facts(part: string): Promise<OperatorFacts>;
  /** @throws HomeError `descriptor-invalid` */
  publish(
    descriptor: unknown,
    model: string,
    by: By,
  ): Promise<{ readonly type: string; readonly version: string; readonly isNew: boolean }>;
  /** Those whose number holds the part, a page full at most. */
  homes(part: string): Promise<readonly HomeLine[]>;
  home(number: string): Promise<HomeFile>;
  /** How the provider writes numbers, `090-1234-XXXX`; undefined: anyhow. */
  readonly numberFormat: string | undefined;
  /** A new home with its first person; without a number the next free one of the format. */
  open(
    order: { readonly number: string; readonly user: string; readonly methods: string },
    by: By,
  ): Promise<HandedOver & { readonly number: AccessNumber }>;
  /** A person of the home: a new one, or one who begins anew. */
  invite(number: string, user: string, role: string | undefined, by: By): Promise<HandedOver>;
  /** To a person, or without one to the whole home. */
  change(number: string, user: string | undefined, deed: "suspend" | "resume" | "remove", by: By): Promise<void>;
  /** What is undefined stays as it is. */
  setRules(
    number: string,
    rules: { readonly methods?: string; readonly requirement?: string; readonly proxy?: string },
    by: By,
  ): Promise<void>;
  /** An enrolment card for the home's gateway. */
  card(number: string, by: By): Promise<JsonObject>;
  revoke(number: string, by: By): Promise<void>;
}
