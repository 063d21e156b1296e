/** One explained frame as one line for people. */

import { isJsonObject, type Json, type JsonObject } from "../gateway-core/contract/json.ts";
import type { CaptureRecord } from "../gateway-core/gateway.ts";

/** `+1.204 s  ←  192.168.1.20  Home air conditioner → Controller  Announcement (INF)  Power: On` */
export function frameLine({ t, dir, peer }: Pick<CaptureRecord, "t" | "dir" | "peer">, frame: JsonObject): string {
  const time = `+${(t / 1_000).toFixed(3)} s`;
  const head = [time.padStart(12), dir === "in" ? "←" : "→", peer.padEnd(15)];
  const { error, seoj, deoj, esv, esvTitle, seojTitle = seoj, deojTitle = deoj } = frame;
  if (isJsonObject(error)) return [...head, word(error["message"])].join("  ");
  const facts = [frame["properties"], frame["properties2"]].flatMap((list) => (Array.isArray(list) ? list : []));
  return [
    ...head,
    `${word(seojTitle)} → ${word(deojTitle)}`,
    `${word(esvTitle)} (${word(esv)})`,
    facts.filter(isJsonObject).map(fact).join("; "),
  ].join("  ");
}

/** `Power: On`; what has no value is its octets, what has none of them either its name alone. */
function fact({ epc, edt, title = epc, value, text }: JsonObject): string {
  const told = text ?? value ?? edt;
  return told === "" || told === undefined ? word(title) : `${word(title)}: ${word(told)}`;
}

const word = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
