/**
 * Moments in words, by RFC 3339 §5.6. `Date.parse` takes more than that (times of no zone, the 31st of February), and npm
 * packages that other nodes of the process load put another in its place that takes a thirteenth month.
 */

const form =
  /^([1-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;
const minuteMs = 60_000;

/** Milliseconds since 1970; undefined for what is no moment. */
export function instantOf(input: unknown): number | undefined {
  const [whole, year, month, day, hour, minute, second, fraction = "", sign, zoneHour, zoneMinute] =
    typeof input === "string" ? (form.exec(input) ?? []) : [];
  if (whole === undefined) return undefined;
  const date = [Number(year), Number(month) - 1, Number(day)] as const;
  if (new Date(Date.UTC(...date)).getUTCDate() !== date[2]) return undefined;
  const zoneMinutes = sign === undefined ? 0 : Number(`${sign}1`) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const onTheWall = Date.UTC(
    ...date,
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  return onTheWall - zoneMinutes * minuteMs;
}
