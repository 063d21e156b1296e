/**
 * Cold start: from `genkan start` to the page usable in a browser outside, with the split; the baseline in the same run
 * is a bare `node -e 0`. Prints a table; the goal is 5 s on a quiet machine.
 */

import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { launch, loggedIn } from "../test/journeys/browser.ts";
import { startHome } from "../test/journeys/home.ts";
import { untilFurnished } from "../test/journeys/home-states.ts";

const runs = 3;
const rows: { baseline: number; ready: number; furnished: number; usable: number }[] = [];

for (let run = 0; run < runs; run++) {
  const browser = await launch();
  const bare = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  const baseline = performance.now() - bare;
  const begin = performance.now();
  const home = await startHome();
  const ready = performance.now() - begin;
  await untilFurnished(home.addresses.lan);
  const furnished = performance.now() - begin;
  const page = await loggedIn(browser, home);
  await page.getByRole("switch").first().waitFor();
  rows.push({ baseline, ready, furnished, usable: performance.now() - begin });
  await browser.close();
  await home[Symbol.asyncDispose]();
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const baseline = median(rows.map((row) => row.baseline));
const line = (what: string, ms: number): string =>
  `| ${what.padEnd(44)} | ${ms.toFixed(0).padStart(7)} | ${(ms / baseline).toFixed(1).padStart(7)} |`;

process.stdout.write(
  [
    `npm run bench, median of ${runs}, Node ${process.version}, goal: usable ≤ 5000 ms`,
    "",
    `| ${"since `genkan start`".padEnd(44)} |      ms | × node  |`,
    `| ${"-".repeat(44)} | ------: | ------: |`,
    line("baseline: a bare node process", baseline),
    line("three processes ready, a password set", median(rows.map((row) => row.ready))),
    line("all four devices found and read", median(rows.map((row) => row.furnished))),
    line("logged in outside, the page usable", median(rows.map((row) => row.usable))),
    "",
  ].join("\n"),
);
