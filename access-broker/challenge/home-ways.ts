/** What a home asks of who comes in, as its owner changes it: the same requirement as the provider's, in the parts that a form has. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Assurance } from "./challenge.ts";
import { type CredentialStore, unfit } from "./credentials.ts";
import { defaultRequirement, parseRequirement, rightsOf } from "./requirement.ts";

/** The ways in, all from the same places; and from where somebody may look without a proof. Places are networks and callers (networks.ts). */
export interface WayParts {
  /** `password|passkey|key` */
  readonly methods: string;
  /** Empty: from anywhere. */
  readonly from: readonly string[];
  /** Empty: from nowhere. */
  readonly look: readonly string[];
}

/** Whoever changes it, with what their session has shown, from where. */
interface Changer {
  readonly number: AccessNumber;
  readonly user: string;
  readonly source: string;
  readonly assurances: readonly Assurance[];
}

export interface HomeWays {
  /** `parts`: undefined where the requirement says more than a form can. */
  read(number: AccessNumber): Promise<{ readonly requirement: string; readonly parts: WayParts | undefined }>;
  /**
   * Sets it; it holds at once, and is returned as it is written.
   * @throws HomeError `value-invalid`, with `reason` outside where who changes it would no longer come in from here.
   */
  change(changer: Changer, wish: string | WayParts): Promise<string>;
}

interface WaysStore extends Pick<CredentialStore, "findCredential"> {
  findRequirement(number: AccessNumber): Promise<string | null>;
  setRequirement(number: AccessNumber, requirement: string | null): Promise<void>;
}

export function createHomeWays(store: WaysStore): HomeWays {
  return {
    async read(number) {
      const requirement = (await store.findRequirement(number)) ?? defaultRequirement;
      return { requirement, parts: partsOf(requirement) };
    },
    async change({ number, user, source, assurances }, wish) {
      const requirement = typeof wish === "string" ? wish : requirementOf(wish);
      const hasTotp = (await store.findCredential(number, "totp", user)) !== undefined;
      if (rightsOf(parseRequirement(requirement), { assurances, source, hasTotp }) !== "all") throw unfit("outside");
      await store.setRequirement(number, requirement === defaultRequirement ? null : requirement);
      return requirement;
    },
  };
}

export function requirementOf({ methods, from, look }: WayParts): string {
  const at = from.length === 0 ? "" : `@${from.join()}`;
  const ways = methods.split("|").map((way) => `${way}${at}`);
  return [...ways, ...(look.length === 0 ? [] : [`view:@${look.join()}`])].join("|");
}

/** The parts of a requirement that is good; undefined when no form could have written it. */
export function partsOf(requirement: string): WayParts | undefined {
  const ways = requirement.split("|");
  const looks = ways.filter((way) => way.startsWith("view:@"));
  const others = ways.filter((way) => !way.startsWith("view:@")).map((way) => way.split("@"));
  const [from = ""] = others.map(([, places = ""]) => places);
  const parts = {
    methods: others.map(([methods = ""]) => methods).join("|"),
    from: from === "" ? [] : from.split(","),
    look: (looks[0] ?? "view:@")
      .slice("view:@".length)
      .split(",")
      .filter((one) => one !== ""),
  };
  return requirementOf(parts) === requirement ? parts : undefined;
}
