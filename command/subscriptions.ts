/** The provider's verbs: subscribe a user, print the authentication table, explain how to trust the authority. */

import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  addKey,
  caCertificatePem,
  listTable,
  setMethods,
  setProxy,
  setRequirement,
  subscribe,
} from "../access-broker/access-broker.ts";
import { communicationMethods } from "../gateway-core/contract/communication-method.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { inviteOrGrant, standingOf, summaryOf } from "./people.ts";
import { provider } from "./provider-of.ts";
import { print, say } from "./say.ts";
import { readSubscriptions, writeSubscriptions } from "./subscription-file.ts";

/** A password, a key, an invitation or a grant for a person; what a home requires, by what it is reached, whether it may use the proxy; or several of these at once. */
export async function subscribeUser(args: Arguments): Promise<void> {
  const { hasPasswordOnStdin, isOneTime, isInvited, language, values } = args;
  if (values.export !== undefined) return writeSubscriptions(args, values.export);
  if (values.import !== undefined) return readSubscriptions(args, values.import);
  const number = needed(args, "number");
  const { require: requirement, "authorized-key": line, proxy, methods, role, grant } = values;
  const places = { ...placesOf(args, "allow"), ...placesOf(args, "deny") };
  const isForProxy = proxy !== undefined || Object.keys(places).length > 0;
  if (proxy !== undefined && proxy !== "on" && proxy !== "off") {
    throw new HomeError("usage", `--proxy takes on or off, not "${proxy}"`);
  }
  const isForPerson = hasPasswordOnStdin || isInvited || (line ?? role ?? grant) !== undefined;
  if (!isForPerson && !isForProxy && (requirement ?? methods) === undefined) {
    needed(args, "user");
    throw new HomeError("usage", "the password is read from --password-stdin");
  }
  const told: string[] = [];
  let invitation: object = {};
  if (hasPasswordOnStdin) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, "");
    await subscribe({ ...provider(args), number, user: needed(args, "user"), password, isOneTime });
    told.push(say(language, "subscribed", { number, user: needed(args, "user") }));
  }
  if (isForPerson) {
    const done = await inviteOrGrant(args, number, needed(args, "user"));
    if (done !== undefined) told.push(done.line);
    invitation = done?.invitation ?? {};
  }
  if (line !== undefined) {
    const fingerprint = await addKey({ ...provider(args), number, user: needed(args, "user"), line });
    told.push(say(language, "key-added", { number, user: needed(args, "user"), fingerprint }));
  }
  if (requirement !== undefined) {
    await setRequirement({ ...provider(args), number, requirement: requirement === "default" ? null : requirement });
    told.push(say(language, "requirement-set", { number, requirement }));
  }
  if (methods !== undefined) {
    await setMethods({ ...provider(args), number, methods: methods === "all" ? communicationMethods.join() : methods });
    told.push(say(language, "methods-set", { number, methods }));
  }
  if (isForProxy) {
    await setProxy({
      ...provider(args),
      number,
      ...(proxy === undefined ? {} : { isAllowed: proxy === "on" }),
      ...places,
    });
    told.push(say(language, proxy === undefined ? "proxy-set" : `proxy-${proxy}`, { number }));
  }
  const asked = { user: values.user, proxy, requirement, methods, role };
  const facts = Object.entries(asked).filter(([, value]) => value !== undefined);
  print(args, { number, ...Object.fromEntries(facts), ...invitation }, told.join("\n"));
}

export async function printTable(args: Arguments): Promise<void> {
  const rows = await listTable(provider(args));
  const line = (row: (typeof rows)[number]): string => {
    const { number, user, role, state, isSuspended, factors, requirement, methods, proxy, isEnrolled } = row;
    const isAll = methods.length === communicationMethods.length;
    return [
      number.padEnd(17),
      user.padEnd(17),
      role.padEnd(6),
      (isSuspended ? standingOf(true) : state).padEnd(14),
      (factors.join(",") || "-").padEnd(20),
      requirement.padEnd(22),
      (isAll ? "all" : methods.join()).padEnd(14),
      proxy.padEnd(7),
      (isEnrolled ? "enrolled" : "-").padEnd(9),
      role === "owner" ? "-" : summaryOf(row.grant),
    ].join(" ");
  };
  print(args, rows, [say(args.language, "table-head"), ...rows.map(line)].join("\n"));
}

export async function explainTrust(args: Arguments): Promise<void> {
  const ca = await publishCa(args);
  const sha256 = createHash("sha256")
    .update(new X509Certificate(await caCertificatePem(provider(args))).raw)
    .digest("hex");
  print(args, { ca, sha256 }, say(args.language, "trust", { ca, sha256 }));
}

/** Writes the authority's certificate to `DIR/ca.pem`, where people and browsers find it. */
export async function publishCa(args: Arguments): Promise<string> {
  const file = join(args.folder, "ca.pem");
  mkdirSync(args.folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, await caCertificatePem(provider(args)));
  return file;
}

/** A list of places as people write it, `www.example,*.example`; `none` empties it. */
function placesOf({ values }: Arguments, list: "allow" | "deny"): { readonly [name: string]: readonly string[] } {
  const text = values[`proxy-${list}`];
  if (text === undefined) return {};
  return { [list]: text === "none" ? [] : text.split(",").map((one) => one.trim()) };
}

/** An option that must be there. @throws HomeError `usage` */
export function needed(args: Arguments, name: "number" | "user"): string {
  const value = args.values[name];
  if (value === undefined) throw new HomeError("usage", `--${name} is needed\n${say(args.language, "usage")}`);
  return value;
}
