/** Counts what of the page needs a person's attention. Pure. */

import type { Attention } from "../contract/attention.ts";
import type { PageDevice } from "../contract/page.ts";
import type { PageState } from "../contract/page-state.ts";

/** `state` is what the viewer was granted. */
export function attentionOf({ devices, isLive }: PageState, version: string): Attention {
  const all = [...devices.values()];
  return {
    ...{ version, isLive, devices: all.length },
    silent: all.filter(({ available }) => !available).length,
    faulty: all.filter(isFaulty).length,
    unknown: all.filter(({ lookUp }) => lookUp !== undefined).length,
  };
}

/** Of one that does not answer, what it said last is no news. */
function isFaulty({ available, roles, values }: PageDevice): boolean {
  const fault = roles["fault"];
  return available && fault !== undefined && values[fault]?.value === true;
}
