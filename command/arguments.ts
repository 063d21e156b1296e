/** Reads the command line: `genkan VERB [ARGUMENT …] [OPTION …]` (interfaces: command line). */

import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HomeError } from "../gateway-core/contract/errors.ts";

export type Language = "en" | "ja";

export interface Arguments {
  readonly verb: string;
  readonly rest: readonly string[];
  readonly folder: string;
  readonly language: Language;
  readonly isJson: boolean;
  readonly isHeadless: boolean;
  readonly hasEditor: boolean;
  readonly isVerbose: boolean;
  readonly wantsHelp: boolean;
  readonly wantsVersion: boolean;
  readonly hasPasswordOnStdin: boolean;
  readonly hasPassphraseOnStdin: boolean;
  readonly isForced: boolean;
  readonly isOneTime: boolean;
  readonly isByLine: boolean;
  readonly hasGaps: boolean;
  /** Whether a card is drawn as a QR code. */
  readonly isQr: boolean;
  readonly isInvited: boolean;
  readonly isVerified: boolean;
  readonly isBusReset: boolean;
  readonly overrides: readonly string[];
  readonly homes: readonly ("simulated" | "network")[];
  /** Options that take a value and only some verbs look at. */
  readonly values: Readonly<Partial<Record<ValueOption, string>>>;
}

/** Names of the options that take a value and only some verbs look at. */
const valueOptions = [
  ...(["number", "user", "require", "authorized-key", "out", "card", "listen", "cert", "key"] as const),
  ...(["proxy", "proxy-allow", "proxy-deny"] as const),
  ...(["capture", "seconds", "interface", "speed", "scenario", "for-model"] as const),
  ...(["mra", "objectdb", "to"] as const),
  ...(["card-dir", "svg", "device", "property", "action", "value", "label"] as const),
  ...(["role", "grant", "methods", "head", "export", "import"] as const),
];
type ValueOption = (typeof valueOptions)[number];

const options = {
  state: { type: "string" },
  lang: { type: "string" },
  json: { type: "boolean", default: false },
  set: { type: "string", multiple: true, default: [] as string[] },
  home: { type: "string", default: "simulated" },
  headless: { type: "boolean", default: false },
  editor: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
  number: { type: "string" },
  user: { type: "string" },
  "password-stdin": { type: "boolean", default: false },
  "one-time": { type: "boolean", default: false },
  "passphrase-stdin": { type: "boolean", default: false },
  force: { type: "boolean", default: false },
  store: { type: "string" },
  require: { type: "string" },
  proxy: { type: "string" },
  "proxy-allow": { type: "string" },
  "proxy-deny": { type: "string" },
  "authorized-key": { type: "string" },
  lines: { type: "boolean", default: false },
  out: { type: "string" },
  card: { type: "string" },
  listen: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  scenario: { type: "string" },
  capture: { type: "string" },
  seconds: { type: "string" },
  interface: { type: "string" },
  speed: { type: "string" },
  "for-model": { type: "string" },
  gaps: { type: "boolean", default: false },
  mra: { type: "string" },
  objectdb: { type: "string" },
  to: { type: "string" },
  "card-dir": { type: "string" },
  svg: { type: "string" },
  qr: { type: "boolean", default: false },
  role: { type: "string" },
  grant: { type: "string" },
  methods: { type: "string" },
  invite: { type: "boolean", default: false },
  verify: { type: "boolean", default: false },
  "reset-bus": { type: "boolean", default: false },
  head: { type: "string" },
  export: { type: "string" },
  import: { type: "string" },
  device: { type: "string" },
  property: { type: "string" },
  action: { type: "string" },
  value: { type: "string" },
  label: { type: "string" },
} as const;

/** @throws HomeError `usage` */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Arguments {
  const { values, positionals } = read(args);
  const { state, lang, home } = values;
  const homes = home.split(",").map((name) => {
    if (name === "simulated" || name === "network") return name;
    throw new HomeError("usage", `--home takes simulated, network or both, not "${name}"`);
  });
  return {
    verb: positionals[0] ?? "",
    rest: positionals.slice(1),
    folder: state ?? environment["GENKAN_STATE"] ?? join(homedir(), ".genkan"),
    language: languageOf(lang, environment),
    isJson: values.json,
    isHeadless: values.headless,
    hasEditor: values.editor,
    isVerbose: values.verbose,
    wantsHelp: values.help,
    wantsVersion: values.version,
    hasPasswordOnStdin: values["password-stdin"],
    hasPassphraseOnStdin: values["passphrase-stdin"],
    isForced: values.force,
    isOneTime: values["one-time"],
    isByLine: values.lines,
    hasGaps: values.gaps,
    isQr: values.qr,
    overrides:
      values.store === undefined ? values.set : [...values.set, `accessBroker.store=${JSON.stringify(values.store)}`],
    isInvited: values.invite,
    isVerified: values.verify,
    isBusReset: values["reset-bus"],
    homes,
    values: Object.fromEntries(
      valueOptions.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    ),
  };
}

/** The number after an option; `fallback` without it. @throws HomeError `usage` for anything but a number above 0. */
export function numberOf({ values }: Arguments, name: "seconds" | "speed", fallback: number): number {
  const text = values[name];
  const number = text === undefined ? fallback : Number(text);
  if (text?.trim() === "" || !(number > 0))
    throw new HomeError("usage", `--${name} takes a number above 0, not "${text}"`);
  return number;
}

function read(args: readonly string[]) {
  try {
    // The audit goes to standard output, for whoever keeps it.
    const told = args.map((one) => (one === "--export" && args[0] === "audit" ? "--export=-" : one));
    return parseArgs({ args: told, options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new HomeError("usage", cause instanceof Error ? cause.message : String(cause), {}, cause);
  }
}

/** The language asked for, else the terminal's (POSIX: LC_ALL, LC_MESSAGES, LANG, the first that is set). */
function languageOf(asked: string | undefined, environment: NodeJS.ProcessEnv): Language {
  if (asked === "en" || asked === "ja") return asked;
  if (asked !== undefined) throw new HomeError("usage", `--lang takes en or ja, not "${asked}"`);
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  return locale.startsWith("ja") ? "ja" : "en";
}
