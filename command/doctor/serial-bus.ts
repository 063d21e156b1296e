/** Why an AV device of the serial bus (IEEE 1394) is missing: no bus (firewire.ts), an unreadable node, one that is no AV device, a plug that is offline. */

import { setTimeout as wait } from "node:timers/promises";
import { type ExaminedNode, examineBus } from "../../gateway-core/gateway.ts";
import { systemHost } from "../../host/system-host.ts";
import type { Arguments } from "../arguments.ts";
import { say } from "../say.ts";
import { busOf } from "../serial-bus.ts";
import { type Check, findings } from "./finding.ts";
import { firewire } from "./firewire.ts";

const patienceMs = 1_500;
/** Longer than the slowest node of a bus takes. */
const longestMs = 60_000;
const reasons = {
  "plug-offline": "doctor-bus-plug-offline",
  "not-av": "doctor-bus-not-av",
  unreadable: "doctor-bus-unreadable",
} as const;

export const serialBus: Check = async ({ args, settings }) => {
  const { ok, warn } = findings("serial-bus", args.language);
  const named = busOf(settings, args.folder);
  if (named === "none") return ok("doctor-bus-none");
  const isOwn = named === "" || named.startsWith("/dev/");
  const machine = isOwn ? firewire(args.language) : undefined;
  if (machine !== undefined) return machine;
  const bus = named === "" ? "FireWire" : named;
  const nodes = await examine(named, args);
  const away = isOwn ? "doctor-bus-own-hint" : "doctor-bus-hint";
  if (nodes === undefined) return warn("doctor-bus-away", { bus }, away);
  const wordOf = ({ state, name, node, reason = "", tries = 1 }: ExaminedNode): string =>
    state === "av" ? `${name} (${node})` : say(args.language, reasons[state], { name, node, reason, tries });
  const list = nodes.map(wordOf).join(", ");
  const troubled = nodes.filter(({ state }) => state === "unreadable" || state === "plug-offline");
  if (troubled.length > 0) return warn("doctor-bus-trouble", { bus, list }, "doctor-bus-trouble-hint");
  if (nodes.length === 0) return warn("doctor-bus-away", { bus }, away);
  return ok("doctor-bus-good", { bus, list });
};

/** What is wrong is told by the finding, not by the log. */
async function examine(
  bus: string,
  { folder, isBusReset: isReset }: Arguments,
): Promise<readonly ExaminedNode[] | undefined> {
  const host = { ...systemHost(folder), log: { write: () => undefined } };
  // The machine's timers keep no process alive; this one does.
  const staying = new AbortController();
  const kept = wait(longestMs, undefined, { signal: staying.signal }).catch(() => undefined);
  try {
    return await examineBus(bus, { host, patienceMs, isReset });
  } finally {
    staying.abort();
    await kept;
  }
}
