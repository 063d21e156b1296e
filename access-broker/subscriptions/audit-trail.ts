/** Writes the audit, in bounds: whoever knocks without end neither keeps the disk busy nor pushes out what stood there before. */

import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { AuditEntry, AuditStore } from "./audit-store.ts";

const windowMs = 60_000;
/** Entries of one event in a minute, by source for refusals and by home for all else. */
const mostInWindow = 60;
/** Commands of one home in a minute: as many as may be given by remote MQTT. */
const mostCommands = 600;

type AuditTrail = (
  event: string,
  number: AuditEntry["number"],
  user: string | null,
  source: string,
  facts: JsonObject,
) => void;

export function createAuditTrail(store: Pick<AuditStore, "appendAudit">, clock: Clock, log: Log): AuditTrail {
  const counts = new Map<string, number>();
  let present = 0;

  const countOf = (key: string): number => {
    const window = Math.floor(clock.now() / windowMs);
    if (window !== present) counts.clear();
    present = window;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };

  return (event, number, user, source, facts) => {
    // Who is refused can name any home; who is not has shown which one is theirs.
    const count = countOf(event.endsWith("-refused") ? `${event} ${source}` : `${event} ${number}`);
    const most = event === "command" ? mostCommands : mostInWindow;
    if (count === most + 1) log.write("warn", "audit-held-back", { what: event, number, source });
    if (count > most) return;
    store
      .appendAudit({ at: clock.now(), event, number, user, source, facts })
      .catch((cause: unknown) => log.write("error", "audit-failed", { what: event, cause: String(cause) }));
  };
}
