/** What of a device's recordings one person is shown. Pure. */

import { type Grant, mayRecord, mayWatch } from "../contract/grant.ts";
import type { JsonObject } from "../contract/json.ts";
import type { PageDevice } from "../contract/page.ts";
import type { Recording, Recordings } from "../contract/recording.ts";

/** Of one device. */
export interface ShownRecordings {
  readonly mayRecord: boolean;
  readonly recordings: readonly Recording[];
}

/** Undefined where none can be. */
export function shownRecordings(
  recordings: Pick<Recordings, "list"> | undefined,
  { id, hasStream }: Pick<PageDevice, "id" | "hasStream">,
  grant: Grant,
): ShownRecordings | undefined {
  if (recordings === undefined || hasStream !== true || !mayWatch(grant, id)) return undefined;
  const shown = recordings.list().filter(({ device }) => device === id);
  return { mayRecord: mayRecord(grant, id), recordings: shown.map(withoutEvidence) };
}

/** A list tells no more than a page shows. */
export const withoutEvidence = ({ evidence, ...recording }: Recording): Recording =>
  evidence !== undefined && tellsGaps(evidence) ? { ...recording, hasGaps: true } : recording;

/** Of a bus or of the network: what was lost, and how often the sender was taken up again. Where a tape was cut is no gap. */
function tellsGaps({ losses, interruptions }: JsonObject): boolean {
  const isCounted = typeof interruptions === "number" && interruptions > 0;
  return isCounted || (Array.isArray(losses) && losses.length > 0);
}
