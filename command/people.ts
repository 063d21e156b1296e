/** The provider's verbs about people: `genkan people`, and what `genkan subscribe` says about a person's role, grant and invitation. */

import {
  changePerson,
  grantPerson,
  type Invitation,
  invitePerson,
  listPeople,
  type Wished,
} from "../access-broker/access-broker.ts";
import { providerDesk } from "../gateway-core/contract/access-number.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Grant } from "../gateway-core/contract/grant.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { print, say } from "./say.ts";
import { readJson } from "./subscription-file.ts";

/** `genkan people NUMBER [suspend|resume|remove|grant USER]`; without a user the whole home is suspended and resumed. */
export async function people(args: Arguments): Promise<void> {
  const { rest, language } = args;
  const [number, deed, user] = rest;
  if (number === undefined) throw new HomeError("usage", say(language, "usage"));
  if (deed === undefined) return printPeople(args, number);
  if (deed === "grant" && user !== undefined) {
    await grantPerson({ ...provider(args), number, user, ...wishedOf(args) });
  } else if (deed === "suspend" || deed === "resume" || deed === "remove") {
    await changePerson({ ...provider(args), number, user, deed });
  } else throw new HomeError("usage", say(language, "usage"));
  print(
    args,
    { number, deed, ...(user === undefined ? {} : { user }) },
    say(language, `people-${deed}`, { who: user ?? number }),
  );
}

async function printPeople(args: Arguments, number: string): Promise<void> {
  const list = await listPeople({ ...provider(args), number });
  const lines = list.map(({ user, role, isSuspended, grant, invitedUntil }) => {
    const invited = invitedUntil === null ? "" : new Date(invitedUntil).toISOString();
    return `${user.padEnd(18)}${role.padEnd(8)}${standingOf(isSuspended).padEnd(12)}${invited.padEnd(26)}${summaryOf(grant)}`;
  });
  print(args, list, [say(args.language, "people-head"), ...lines].join("\n"));
}

/** `genkan operator` without a password: who works at the provider's desk. */
export async function deskPeople(args: Arguments): Promise<void> {
  const { rest, values, isInvited } = args;
  if (!isInvited) return people({ ...args, rest: [providerDesk, ...rest] });
  const { user } = values;
  if (user === undefined) throw new HomeError("usage", "--user is needed");
  const done = await inviteOrGrant(args, providerDesk, user);
  print(args, { user, ...done?.invitation }, done?.line ?? "");
}

/** An invitation for a person, or another role or grant; undefined when the options say nothing of the kind. */
export async function inviteOrGrant(
  args: Arguments,
  number: string,
  user: string,
): Promise<{ readonly line: string; readonly invitation?: Invitation } | undefined> {
  const { language, isInvited, values } = args;
  const wished = wishedOf(args);
  if (isInvited) {
    const invitation = await invitePerson({ ...provider(args), number, user, ...wished });
    return { line: say(language, "invited", { number, user, ...invitation }), invitation };
  }
  if ((values.role ?? values.grant) === undefined) return undefined;
  await grantPerson({ ...provider(args), number, user, ...wished });
  return { line: say(language, "people-grant", { who: user }) };
}

/** @throws HomeError `usage` */
function wishedOf({ values: { role, grant: file } }: Arguments): Wished {
  const grant = file === undefined ? undefined : readJson(file);
  if (role === undefined || role === "owner" || role === "guest") return { role, grant };
  throw new HomeError("usage", `--role takes owner or guest, not "${role}"`);
}

export const standingOf = (isSuspended: boolean): string => (isSuspended ? "suspended" : "active");

/** `lamp:control(on,level) meter:view`, and the hours where there are any. */
export function summaryOf({ devices, window }: Grant): string {
  const told = Object.entries(devices).map(([id, { access, properties, actions, streams }]) => {
    const names = [...(properties ?? []), ...(actions ?? []).map((name) => `${name}()`)];
    const only = properties === undefined && actions === undefined ? "" : `(${names.join()})`;
    return `${id}:${access}${only}${streams === true ? "+streams" : ""}`;
  });
  return [...told, ...(window === undefined ? [] : [JSON.stringify(window)])].join(" ");
}
