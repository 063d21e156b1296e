/** When a grant holds: between two moments, on days of the week, at hours of the day, by the clock of the home's time zone. Pure. */

import { HomeError } from "./errors.ts";
import { instantOf } from "./instant.ts";
import { isJsonObject, type Json } from "./json.ts";

export interface GrantWindow {
  /** RFC 3339; from then on. */
  readonly from?: string;
  /** RFC 3339; until then, that moment not included. */
  readonly until?: string;
  /** 1 is Monday, 7 Sunday (ISO 8601). Hours that pass midnight belong to the day they begin on. */
  readonly days?: readonly number[];
  /** `HH:MM` each, the second not included; what begins later than it ends passes midnight. */
  readonly hours?: { readonly from: string; readonly until: string };
  /** IANA name; absent: UTC. */
  readonly zone?: string;
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const hourForm = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** `now` in milliseconds since 1970. */
export function isWindowOpen(window: GrantWindow | undefined, now: number): boolean {
  if (window === undefined) return true;
  const { from, until, days, hours, zone = "UTC" } = window;
  if (from !== undefined && now < atOf(from)) return false;
  if (until !== undefined && now >= atOf(until)) return false;
  if (days === undefined && hours === undefined) return true;
  const { day, time } = onTheWall(now, zone);
  const isDay = (one: number): boolean => days?.includes(one) ?? true;
  if (hours === undefined) return isDay(day);
  if (hours.from <= hours.until) return isDay(day) && time >= hours.from && time < hours.until;
  const yesterday = day === 1 ? 7 : day - 1;
  return (isDay(day) && time >= hours.from) || (isDay(yesterday) && time < hours.until);
}

/**
 * Open when both are.
 * @throws HomeError `value-invalid` when both name days or hours: what is open in both then is no window.
 */
export function intersectWindows(a: GrantWindow | undefined, b: GrantWindow | undefined): GrantWindow | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (isWeekly(a) && isWeekly(b)) throw invalid("hours");
  const { from: _from, until: _until, ...week } = isWeekly(b) ? b : a;
  const from = latest(a.from, b.from, 1);
  const until = latest(a.until, b.until, -1);
  return { ...week, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

const isWeekly = ({ days, hours }: GrantWindow): boolean => days !== undefined || hours !== undefined;

/** @throws HomeError `value-invalid`: a window was read before it is asked. */
function atOf(moment: string): number {
  const at = instantOf(moment);
  if (at === undefined) throw invalid("moment");
  return at;
}

/** The later of two moments, or with -1 the earlier. */
function latest(a: string | undefined, b: string | undefined, sign: 1 | -1): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return sign * (atOf(a) - atOf(b)) >= 0 ? a : b;
}

/** @throws HomeError `value-invalid` */
export function readGrantWindow(input: Json): GrantWindow {
  if (!isJsonObject(input)) throw invalid("window");
  const { from, until, days, hours, zone, ...rest } = input;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(unknown);
  return {
    ...(from === undefined ? {} : { from: readMoment("from", from) }),
    ...(until === undefined ? {} : { until: readMoment("until", until) }),
    ...(days === undefined ? {} : { days: readDays(days) }),
    ...(hours === undefined ? {} : { hours: readHours(hours) }),
    ...(zone === undefined ? {} : { zone: readZone(zone) }),
  };
}

function onTheWall(now: number, timeZone: string): { readonly day: number; readonly time: string } {
  const options = { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(now);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return { day: weekdays.indexOf(part("weekday")) + 1, time: `${part("hour")}:${part("minute")}` };
}

function readMoment(member: string, input: Json): string {
  if (typeof input !== "string" || instantOf(input) === undefined) throw invalid(member);
  return input;
}

function readDays(input: Json): readonly number[] {
  const isDay = (day: Json): day is number => typeof day === "number" && Number.isInteger(day) && day >= 1 && day <= 7;
  if (!Array.isArray(input) || input.length === 0 || input.length > 7 || !input.every(isDay)) throw invalid("days");
  return input;
}

function readHours(input: Json): { readonly from: string; readonly until: string } {
  const { from, until } = isJsonObject(input) ? input : {};
  const isHour = (hour: unknown): hour is string => typeof hour === "string" && hourForm.test(hour);
  if (!isHour(from) || !isHour(until) || from === until) throw invalid("hours");
  return { from, until };
}

function readZone(input: Json): string {
  if (typeof input !== "string" || input.length > 64) throw invalid("zone");
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: input }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new HomeError("value-invalid", `there is no time zone "${input}"`, { member: "zone" }, cause);
  }
}

const invalid = (member: string): HomeError =>
  new HomeError("value-invalid", `the window's "${member}" is not of its form`, { member });
