/**
 * What a home requires of who comes in, as the authentication table holds it (docs/interfaces.md, requirement). Pure.
 *
 *     requirement = way *( "|" way )
 *     way         = [ "view:" ] ( methods [ "@" networks ] / "@" networks )
 *     methods     = method *( "+" method )          ; password, totp, key, passkey
 *     networks    = network *( "," network )        ; 192.0.2.0/24, 2001:db8::/32, tel:+81312345678
 */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Assurance, Method } from "./challenge.ts";
import { type Networks, parseNetworks } from "./networks.ts";

interface Way {
  readonly methods: readonly Method[];
  readonly networks: Networks | undefined;
  /** Whoever comes this way may look and touch nothing. */
  readonly isViewOnly: boolean;
}

export type Requirement = readonly Way[];

/** `none`: nothing is open yet. */
export type Rights = "all" | "view" | "none";

/** What was shown, by whom, from where. */
export interface Shown {
  readonly assurances: readonly Assurance[];
  readonly source: string;
  /** A person who has set up an authenticator app is asked for it wherever a password alone would do. */
  readonly hasTotp: boolean;
}

/** Where nothing is configured. */
export const defaultRequirement = "password|passkey|key";

const methods: readonly Method[] = ["password", "totp", "key", "passkey"];
const longest = 512;

/** @throws HomeError `value-invalid` */
export function parseRequirement(text: string): Requirement {
  if (text.length > longest) throw invalid(`it has more than ${longest} characters`);
  return text.split("|").map(parseWay);
}

/** Whoever looks after every home comes in by nothing less: a passkey, whose device asks who its person is, or two methods. @throws HomeError `value-invalid` */
export function assertTwoFactors(requirement: Requirement): void {
  for (const way of requirement) {
    const isEnough = way.methods.includes("passkey") || way.methods.length > 1;
    if (!isEnough || way.isViewOnly) throw invalid("each way has a passkey or two methods");
  }
}

function parseWay(text: string): Way {
  const isViewOnly = text.startsWith("view:");
  const plain = isViewOnly ? text.slice("view:".length) : text;
  const at = plain.indexOf("@");
  const names = at < 0 ? plain : plain.slice(0, at);
  const networks = at < 0 ? undefined : parseNetworks(plain.slice(at + 1));
  if (names === "") {
    if (networks === undefined) throw invalid("a way names a method or networks");
    if (!isViewOnly) throw invalid("networks alone are good for looking only: write view:@…");
    return { methods: [], networks, isViewOnly };
  }
  const named = names.split("+").map((name) => {
    const method = methods.find((one) => one === name);
    if (method === undefined) throw invalid(`"${name}" is none of ${methods.join(", ")}`);
    return method;
  });
  if (new Set(named).size < named.length) throw invalid(`"${names}" names a method twice`);
  if (named.every((method) => method === "totp")) throw invalid("totp stands beside another method");
  return { methods: named, networks, isViewOnly };
}

/** What this person may do now. */
export function rightsOf(requirement: Requirement, shown: Shown): Rights {
  const open = requirement.filter((way) => isFrom(way, shown) && missingOf(way, shown).length === 0);
  if (open.length === 0) return "none";
  return open.some(({ isViewOnly }) => !isViewOnly) ? "all" : "view";
}

/** The methods that would lead on from here; none when everything shown so far leads nowhere. */
export function nextMethods(requirement: Requirement, shown: Shown): readonly Method[] {
  const leading = requirement.filter((way) => isFrom(way, shown) && isOn(way, shown));
  return methods.filter((method) => leading.some((way) => missingOf(way, shown).includes(method)));
}

/** Whether the requirement would be content with these methods, were they shown from elsewhere. */
export const isOnlyElsewhere = (requirement: Requirement, shown: Shown): boolean =>
  requirement.some((way) => !isFrom(way, shown) && isOn(way, shown));

const isFrom = ({ networks }: Way, { source }: Shown): boolean => networks === undefined || networks.contains(source);

/**
 * Each method shown is one that the way asks for. An authenticator app is never in the way, nor is a password for one
 * login: with it a person comes to set up what the way asks for.
 */
function isOn(way: Way, { assurances }: Shown): boolean {
  const beside: readonly Assurance[] = ["one-time", "source", "totp", ...(isVouchedFor(assurances) ? passwords : [])];
  return assurances.every((one) => beside.includes(one) || way.methods.some((method) => method === one));
}

const passwords: readonly Assurance[] = ["password"];
const isVouchedFor = (assurances: readonly Assurance[]): boolean => assurances.includes("one-time");

function missingOf(way: Way, { assurances, hasTotp }: Shown): readonly Method[] {
  const isPasswordAlone = way.methods.length === 1 && way.methods[0] === "password";
  const asked: readonly Method[] = isPasswordAlone && hasTotp ? ["password", "totp"] : way.methods;
  return asked.filter((method) => !assurances.includes(method));
}

const invalid = (reason: string): HomeError =>
  new HomeError("value-invalid", `the requirement cannot be used: ${reason}`, { reason });
