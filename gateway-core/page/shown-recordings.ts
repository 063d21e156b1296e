/** What of a device's recordings one person is shown. Pure. */

import { type Grant, mayRecord, mayWatch } from "../contract/grant.ts";
import type { PageDevice } from "../contract/page.ts";
import type { Recording, Recordings } from "../contract/recording.ts";

/** Of one device. */
export interface ShownRecordings {
  readonly mayRecord: boolean;
  readonly recordings: readonly Recording[];
}

/** Undefined where none can be. */
export function shownRecordings(
  recordings: Recordings | undefined,
  { id, hasStream }: Pick<PageDevice, "id" | "hasStream">,
  grant: Grant,
): ShownRecordings | undefined {
  if (recordings === undefined || hasStream !== true || !mayWatch(grant, id)) return undefined;
  const shown = recordings.list().filter(({ device }) => device === id);
  return { mayRecord: mayRecord(grant, id), recordings: shown.map(withoutEvidence) };
}

/** A list tells no more than a page shows. */
export const withoutEvidence = ({ evidence: _, ...recording }: Recording): Recording => recording;
