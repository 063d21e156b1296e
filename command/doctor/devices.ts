/** Which devices answer now: as the running gateway knows them, else as they answer a question to everyone. */

import { setTimeout as wait } from "node:timers/promises";
import { isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import { echonetGroup, echonetPort, objectsToldIn, questionsToAll } from "../../gateway-core/gateway.ts";
import { listenToLan } from "../../host/lan-listener.ts";
import type { Language } from "../arguments.ts";
import { type Check, type Examined, type Finding, findings } from "./finding.ts";
import { askGateway } from "./running-gateway.ts";

export const devices: Check = async (examined) => {
  const { args, addresses, gateway } = examined;
  if (gateway?.lan !== undefined) return devicesOfGateway(gateway.lan, examined);
  const { ok, warn } = findings("devices", args.language);
  if (addresses.length === 0) return warn("doctor-no-address");
  const { nodes, isDeaf } = await listen(examined);
  const count = [...nodes.values()].reduce((sum, objects) => sum + objects.size, 0);
  const told = [...nodes].map(([address, objects]) => `${address} (${[...objects].join(" ")})`);
  const facts = { seconds: examined.seconds, nodes: nodes.size, count, list: told.sort().join(", ") };
  if (nodes.size > 0) return ok("doctor-devices-heard", facts);
  return warn("doctor-devices-none", facts, isDeaf ? "doctor-devices-deaf" : "doctor-devices-hint");
};

async function devicesOfGateway(lan: string, { args }: Examined): Promise<Finding> {
  const { ok, warn } = findings("devices", args.language);
  try {
    const known = await askGateway(lan);
    const away = known.filter(({ available }) => available !== true);
    const names = (list: typeof known): string => list.map((device) => nameOf(device, args.language)).join(", ");
    const facts = { lan, count: known.length, away: names(away), list: names(known) };
    if (known.length === 0) return warn("doctor-devices-empty", facts, "doctor-devices-hint");
    if (away.length > 0) return warn("doctor-devices-away", facts, "doctor-devices-hint");
    return ok("doctor-devices-known", facts);
  } catch (cause) {
    return warn("doctor-devices-silent", { lan, reason: String(cause) });
  }
}

function nameOf({ id, titles }: JsonObject, language: Language): string {
  const title = isJsonObject(titles) ? titles[language] : undefined;
  return typeof title === "string" ? `${title} (${id})` : String(id);
}

/** Objects (hexadecimal codes) by the address of their node. */
async function listen({ addresses, seconds }: Examined) {
  const nodes = new Map<string, Set<string>>();
  const onDatagram = (octets: Uint8Array, from: string): void => {
    const told = objectsToldIn(octets);
    if (told === undefined) return;
    const objects = nodes.get(from) ?? new Set();
    for (const eoj of told) objects.add(eoj.toString(16).padStart(6, "0"));
    nodes.set(from, objects);
  };
  await using listener = await listenToLan({ addresses, group: echonetGroup, port: echonetPort, onDatagram });
  // Twice: a multicast gets lost now and then.
  for (const tid of [1, 2]) {
    for (const question of questionsToAll(tid)) listener.multicast(question);
    await wait((seconds * 1_000) / 2);
  }
  return { nodes, isDeaf: listener.taken.size > 0 };
}
