/** What `genkan start` tells when the home is ready: `DIR/addresses.json`, and the same for a person or as one line of JSON. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../gateway-core/contract/json.ts";
import type { Arguments } from "./arguments.ts";
import type { Child } from "./child.ts";
import { movedPorts, portOf } from "./moved-ports.ts";
import { say, type TextName } from "./say.ts";

export interface Started {
  readonly number: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly broker: Child;
  readonly gateway: Child;
  readonly simulated: Child | undefined;
}

export function printAddresses(args: Arguments, started: Started): void {
  const { number, user, password, broker, gateway, simulated } = started;
  const { folder, isJson } = args;
  const { host, users, gateways, remoteMqtt, proxy } = broker.facts;
  const home = `https://${number}.${host}:${portOf(users)}/`;
  const addresses = {
    login: `${home}login`,
    home,
    lan: textOf(gateway.facts["lan"]),
    mqtt: textOf(gateway.facts["mqtt"]),
    remoteMqtt: `mqtts://${number}.${host}:${portOf(remoteMqtt)}`,
    proxy: `https://${host}:${portOf(proxy)}`,
    homeProxy: textOf(gateway.facts["homeProxy"]),
    number,
    user,
    password: password ?? null,
    card: join(folder, "card.json"),
    ca: join(folder, "ca.pem"),
    accessBroker: { users: textOf(users), gateways: textOf(gateways) },
    panel: simulated === undefined ? null : textOf(simulated.facts["panel"]),
    editor: textOf(gateway.facts["editor"]),
    pids: { gateway: gateway.pid, accessBroker: broker.pid, simulatedHome: simulated?.pid ?? null },
  };
  writeFileSync(join(folder, "addresses.json"), `${JSON.stringify(addresses, null, 2)}\n`, { mode: 0o600 });
  // The editor's password is shown once and kept nowhere in clear.
  const editorPassword = textOf(gateway.facts["editorPassword"]);
  if (isJson) process.stdout.write(`${JSON.stringify({ ...addresses, editorPassword })}\n`);
  else {
    const moved = movedPorts(args, { lan: addresses.lan, mqtt: addresses.mqtt, users, gateways, remoteMqtt, proxy });
    const { failed } = gateway.facts;
    const reasons = Array.isArray(failed) ? failed.filter((reason) => typeof reason === "string") : [];
    const troubles = reasons.map((reason) => say(args.language, "station-failed", { reason }));
    process.stdout.write(`${[...moved, ...troubles, ...forPeople(args, addresses, editorPassword)].join("\n")}\n`);
  }
}

type Addresses = Readonly<Record<string, Json>>;

function forPeople(args: Arguments, addresses: Addresses, editorPassword: string | null): string[] {
  const facts = Object.fromEntries(Object.entries(addresses).map(([name, value]) => [name, textOf(value) ?? ""]));
  const line = (name: TextName, more = {}): string =>
    say(args.language, name, { ...facts, folder: args.folder, ...more });
  const only = (wanted: unknown, name: TextName): string[] => (wanted ? [`  ${line(name)}`] : []);
  return [
    "",
    line("ready"),
    "",
    `  ${line("address")}`,
    `  ${line("access-number")}`,
    `  ${line("user")}`,
    `  ${line(addresses["password"] === null ? "own-password" : "one-time")}`,
    ...only(addresses["lan"], "lan"),
    ...only(addresses["mqtt"], "mqtt"),
    ...only(addresses["remoteMqtt"], "remote-mqtt"),
    ...only(addresses["homeProxy"], "home-proxy"),
    ...only(addresses["panel"], "panel"),
    ...only(addresses["editor"], "editor"),
    ...(editorPassword ? [`  ${line("editor-password", { password: editorPassword })}`] : []),
    "",
    line("trust-hint"),
    line("stop-hint"),
    "",
  ];
}

const textOf = (value: Json | undefined): string | null => (typeof value === "string" && value !== "" ? value : null);
