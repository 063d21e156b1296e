/** By how much a counter rose between two readings, when it may have run over its last digit or begun anew. Pure. */

/** How near to its end, and how near to its beginning, a counter must have been to have run over. */
const nearEnd = 0.9;
const nearBeginning = 0.1;

/**
 * `end` is what the counter shows last, plus one step, where its descriptor tells it; else, and beside it, a counter of
 * decimal digits is thought of. What fell to less than a tenth without having been near an end began anew at zero; what
 * fell by less is another meter or a correction, and says nothing of what was used.
 */
export function riseOf(before: number, after: number, end?: number): number {
  if (after >= before) return after - before;
  const ends = [...(end === undefined ? [] : [end]), 10 ** Math.ceil(Math.log10(Math.max(before, 1)))];
  const passed = ends.find((one) => before < one && before >= nearEnd * one && after <= nearBeginning * one);
  if (passed !== undefined) return passed - before + Math.max(0, after);
  return after >= 0 && after < nearBeginning * before ? after : 0;
}
