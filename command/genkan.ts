#!/usr/bin/env node
/** The `genkan` command: reads the command line and hands over to one verb. Exit codes: 0, 1 (failed), 2 (usage). */

import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { packageRoot } from "../host/package-root.ts";
import { type Arguments, parseArguments } from "./arguments.ts";
import { say } from "./say.ts";

enableCompileCache();

type Verb = (args: Arguments) => Promise<void>;

/** How many words may follow a verb; none unless it stands here. */
const mostWords: Readonly<Record<string, number>> = {
  backup: 1,
  enrol: 1,
  restore: 1,
  decode: Number.POSITIVE_INFINITY,
  descriptors: 3,
  replay: 1,
  "capture-av": 2,
  people: 3,
  operator: 2,
  revoke: 1,
  keys: Number.POSITIVE_INFINITY,
};

/** Each verb loads what it needs and no more: a start is quick. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  start: async () => (await import("./start.ts")).start,
  gateway: async () => (await import("./run-gateway.ts")).runGateway,
  "access-broker": async () => (await import("./run-access-broker.ts")).runAccessBroker,
  "simulated-home": async () => (await import("./run-simulated-home.ts")).runSimulatedHome,
  subscribe: async () => (await import("./subscriptions.ts")).subscribeUser,
  table: async () => (await import("./subscriptions.ts")).printTable,
  people: async () => (await import("./people.ts")).people,
  audit: async () => (await import("./audit.ts")).audit,
  card: async () => (await import("./card.ts")).writeCard,
  revoke: async () => (await import("./revoke.ts")).revoke,
  trust: async () => (await import("./subscriptions.ts")).explainTrust,
  backup: async () => (await import("./backup.ts")).makeBackup,
  restore: async () => (await import("./backup.ts")).restoreBackup,
  operator: async () => (await import("./operator.ts")).setOperator,
  enrol: async () => (await import("./enrol.ts")).enrolGateway,
  keys: async () => (await import("./keys.ts")).keys,
  sign: async () => (await import("./sign.ts")).sign,
  decode: async () => (await import("./decode.ts")).decode,
  doctor: async () => (await import("./doctor.ts")).doctor,
  capture: async () => (await import("./capture.ts")).capture,
  "capture-av": async () => (await import("./capture-av.ts")).captureAv,
  replay: async () => (await import("./replay.ts")).replay,
  descriptors: async () => (await import("./descriptors.ts")).descriptors,
};

/** What needs argon2 and SQLite inside Node itself; a gateway and its nodes run on whatever Node-RED 5 runs on. */
const needsNewNode: ReadonlySet<string> = new Set([
  ..."start access-broker simulated-home subscribe table card revoke trust operator".split(" "),
  ..."people audit backup restore".split(" "),
  ...["publish", "published", "withdraw", "wanted"].map((word) => `descriptors ${word}`),
]);

/** @throws HomeError `node-too-old` */
function checkNode({ verb, rest, language }: Arguments): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const needsNew = needsNewNode.has(verb) || needsNewNode.has(`${verb} ${rest[0]}`);
  if (!needsNew || major > 24 || (major === 24 && minor >= 7)) return;
  throw new HomeError("node-too-old", say(language, "node-too-old", { verb, version: process.version }));
}

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2), process.env);
  if (args.wantsVersion) return print(versionOf(packageRoot()));
  if (args.wantsHelp) return print(say(args.language, "usage"));
  const verb = Object.hasOwn(verbs, args.verb) ? verbs[args.verb] : undefined;
  const extra = args.rest[mostWords[args.verb] ?? 0];
  const wrong = verb === undefined ? args.verb : extra;
  if (verb === undefined || extra !== undefined) {
    const told =
      wrong === undefined || wrong === "" ? "" : `${say(args.language, "not-understood", { word: wrong })}\n\n`;
    throw new HomeError("usage", `${told}${say(args.language, "usage")}`);
  }
  checkNode(args);
  await (await verb())(args);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return version;
}

/** What the system refused is said in its words; a fault of our own with where it happened. */
function textOf({ code, message, cause }: HomeError): string {
  if (code !== "internal" || !(cause instanceof Error)) return message;
  return "syscall" in cause ? cause.message : `${message}\n${cause.stack}`;
}

main().catch((thrown: unknown) => {
  const error = toHomeError(thrown);
  const isAsked = process.argv.includes("--json");
  process.stderr.write(`${isAsked ? JSON.stringify({ error: error.toBody() }) : textOf(error)}\n`);
  process.exit(error.code === "usage" ? 2 : 1);
});
