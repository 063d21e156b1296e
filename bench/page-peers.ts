/**
 * Our page beside two that people use, in one run and under the same slow line: Node-RED Dashboard 2 and zigbee2mqtt's
 * windfront, each with fifty things to switch. On demand only: it fetches them from npm.
 */

import type { Page } from "playwright";
import { launch } from "../test/journeys/browser.ts";
import { quantile } from "./figures.ts";
import { type Visited, visitFirst } from "./first-visit.ts";
import { pressUntilAnswered, watchFor } from "./page-probes.ts";
import { openPageStage } from "./page-stage.ts";
import { openDashboard } from "./peer-dashboard.ts";
import { fetchPeers, versionOf } from "./peer-packages.ts";
import { openWindfront } from "./peer-windfront.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const devices = 50;

const packages = fetchPeers();
await using ours = await openPageStage(devices);
await using dashboard = await openDashboard(packages, devices);
await using windfront = await openWindfront(packages, devices);
const browser = await launch();

const pages = {
  ours: { address: ours.lan, watch: pressUntilAnswered },
  dashboard: { address: dashboard.address, watch: (page: Page) => watchFor(page, dashboard.control) },
  windfront: { address: windfront.address, watch: (page: Page) => watchFor(page, windfront.control) },
};
const visited: Readonly<Record<keyof typeof pages, Visited[]>> = { ours: [], dashboard: [], windfront: [] };
// In turn, so that what else the machine does falls on all of them.
for (let round = 0; round < rounds; round++) {
  for (const name of ["ours", "windfront", "dashboard"] as const) {
    const { address, watch } = pages[name];
    visited[name].push(await visitFirst(browser, address, watch));
  }
}
await browser.close();

const medianOf = (page: keyof typeof pages, of: keyof Visited): number => quantile(visited[page].map((one) => one[of]));

const figures: readonly [what: string, of: keyof Visited, unit: string, scale?: number][] = [
  ["script, first load, as sent", "script", "kB", 1e-3],
  ["all that was sent", "all", "kB", 1e-3],
  ["first paint", "firstPaint", "s"],
  ["first control to use", "usable", "s"],
  ["blocked", "blockedMs", "ms"],
  ["heap", "heapMb", "MB"],
];
const remark = `${devices} devices; Chromium, 412 × 823, 1.6 Mbit/s, 150 ms, a quarter of the processor; median of ${rounds} first visits.`;
for (const [peer, title] of [
  [
    "dashboard",
    `Baseline: @flowfuse/node-red-dashboard ${versionOf("@flowfuse/node-red-dashboard")} in Node-RED, uncompressed as that serves it.`,
  ],
  [
    "windfront",
    `Baseline: zigbee2mqtt-windfront ${versionOf("zigbee2mqtt-windfront")}, brotli; what comes by its WebSocket is neither counted nor slowed down.`,
  ],
] as const) {
  const rows = figures.map(([what, of, unit, scale = 1]): Row => {
    const [value, baseline] = [scale * medianOf("ours", of), scale * medianOf(peer, of)];
    return { what, value, unit, baseline, goal: { of: "ratio", atMost: 1 } };
  });
  printTable("page-peers", `${title} ${remark}`, rows);
}
