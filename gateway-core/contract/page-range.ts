/** Steps of a number that a device can be told. Pure. */

/** The nearest value of the range to `value`, free of the dust of binary fractions. */
export function nearestStep(
  value: number,
  { minimum, maximum, step }: { readonly minimum: number; readonly maximum: number; readonly step: number },
): number {
  const steps = Math.round((value - minimum) / step);
  return Math.min(maximum, Math.max(minimum, Number((minimum + steps * step).toFixed(6))));
}
