/** `genkan audit`: the newest entries; whether the chain holds (`--verify`); all of it as JSON lines (`--export`). */

import { exportAudit, verifyAudit } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { print, say } from "./say.ts";

const newest = 50;

/** @throws HomeError `audit-broken` */
export async function audit(args: Arguments): Promise<void> {
  const { language, isVerified, values } = args;
  if (values.export !== undefined) {
    const { anchor, entries } = await exportAudit(provider(args));
    for (const line of [{ anchor }, ...entries]) process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  if (!isVerified) {
    const { entries } = await exportAudit(provider(args));
    const last = entries.slice(-newest);
    const lines = last.map(({ at, event, number, user, source, facts }) =>
      [
        new Date(at).toISOString(),
        event.padEnd(20),
        number ?? "-",
        user ?? "-",
        source ?? "-",
        JSON.stringify(facts),
      ].join("  "),
    );
    return print(args, last, lines.join("\n"));
  }
  const report = await verifyAudit({ ...provider(args), noted: values.head });
  if (report.brokenAt !== null || report.isKnown === false) {
    const reason = report.brokenAt === null ? "head" : "entry";
    const told = say(language, `audit-broken-${reason}`, { id: report.brokenAt ?? 0, head: values.head ?? "" });
    throw new HomeError("audit-broken", told, { reason, ...report });
  }
  print(args, report, say(language, "audit-good", { entries: report.entries, head: report.head }));
}
