/** What was kept of a device's numbers, over HTTP (docs/interfaces.md, history): only of what the viewer may see. */

import type { Hono } from "hono";
import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { History, HistoryQuery, Trend } from "../contract/history.ts";
import type { PageDevice } from "../contract/page.ts";
import type { PageState } from "../contract/page-state.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { trendOf } from "./trend.ts";

export interface HistoryRouteOptions {
  readonly history: History;
  readonly clock: Clock;
  /** Of what the viewer may see. */
  readonly stateOf: (context: PageContext) => PageState;
  /** @throws HomeError `unknown-device` */
  readonly deviceOf: (context: PageContext, id: string) => PageDevice;
}

const dayMs = 24 * 60 * 60_000;
/** 1970 to 2100. */
const latest = 4_102_444_800_000;
const mostPoints = 1_000;
const longestZone = 64;
const headers = { "cache-control": "no-store" };

export function addHistoryRoutes(app: Hono<PageEnv>, options: HistoryRouteOptions): void {
  const { history, clock, stateOf, deviceOf } = options;
  app.get("/api/devices/:id/history/:name", (context) => {
    const { id, name } = context.req.param();
    const device = deviceOf(context, id);
    if (!Object.hasOwn(device.histories ?? {}, name)) {
      throw new HomeError("unknown-property", `the device has no history of ${name}`, { name });
    }
    const query = parseQuery(context.req.query(), clock.now());
    return Response.json(history.read({ device: device.id, property: name, ...query }), { headers });
  });
  app.get("/api/trends", (context) =>
    Response.json(Object.fromEntries(trendsOf(history, stateOf(context), clock.now())), { headers }),
  );
}

/** Of every tile that has one, by device. */
export function trendsOf(history: History, { devices }: PageState, now: number): ReadonlyMap<string, Trend> {
  const trends = Array.from(devices.values(), (device) => [device.id, trendOf(history, device, now)] as const);
  return new Map(trends.flatMap(([id, trend]) => (trend === undefined ? [] : [[id, trend]])));
}

/** @throws HomeError `value-invalid` */
function parseQuery(query: Record<string, string>, now: number): Omit<HistoryQuery, "device" | "property"> {
  const to = numberIn(query, "to", now, 1, latest);
  const from = numberIn(query, "from", Math.max(0, to - dayMs), 0, to - 1);
  const points = numberIn(query, "points", 300, 2, mostPoints);
  const { zone } = query;
  if (zone !== undefined && zone.length > longestZone) throw invalid("zone");
  return { from, to, points, ...(zone === undefined ? {} : { zone }) };
}

function numberIn(query: Record<string, string>, name: string, absent: number, least: number, most: number): number {
  const text = query[name];
  if (text === undefined) return absent;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw invalid(name);
  return value;
}

const invalid = (member: string): HomeError => new HomeError("value-invalid", `no such "${member}"`, { member });
