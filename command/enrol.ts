/** `genkan enrol CARD`: this gateway proves the card to the access broker and is given a certificate of its own. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { enrol, parseCard, readRegistration } from "../gateway-core/gateway.ts";
import { systemHost } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { say } from "./say.ts";

export async function enrolGateway(args: Arguments): Promise<void> {
  const [file] = args.rest;
  if (file === undefined) throw new HomeError("usage", say(args.language, "usage"));
  const card = readCard(file);
  await enrol(card, systemHost(join(args.folder, "gateway"), args.isVerbose));
  const facts = { number: card.number, broker: card.broker };
  process.stdout.write(`${args.isJson ? JSON.stringify(facts) : say(args.language, "enrolled", facts)}\n`);
}

/** Enrols unless this gateway is enrolled already: a card is good for one time. */
export async function enrolWithCard(file: string, host: Host): Promise<void> {
  if (readRegistration(host.memory) === undefined) await enrol(readCard(file), host);
}

function readCard(file: string): ReturnType<typeof parseCard> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new HomeError("card-invalid", `the card ${file} cannot be read`, {}, cause);
  }
  return parseCard(text);
}
