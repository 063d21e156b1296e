/** What a bench prints: the command that made it, the machine, and one row for each figure with its baseline and its goal. */

import { availableParallelism, loadavg } from "node:os";

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What a peer or a bare machine needed for the same, in the same run. */
  readonly baseline?: number;
  /** Held against the ratio where there is a baseline and `of` says so, else against the value. */
  readonly goal?:
    | { readonly of?: "ratio"; readonly atLeast: number }
    | { readonly of?: "ratio"; readonly atMost: number };
}

const columns = ["figure", "ours", "unit", "baseline", "ratio", "goal", ""] as const;

/** Prints Markdown, as docs/figures.md keeps it. A ratio passes or falls short; an absolute figure is met or missed on this machine. */
export function printTable(name: string, remark: string, rows: readonly Row[]): void {
  const cells = rows.map(cellsOf);
  const widths = columns.map((title, index) => Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(" | ")} |`;
  const machine = `Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`;
  process.stdout.write(
    [
      `\`npm run bench ${name}\`, ${new Date().toISOString().slice(0, 16)}Z, ${machine}. ${remark}`,
      "",
      line(columns),
      line(widths.map((width, index) => (index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))),
      ...cells.map(line),
      "",
      "",
    ].join("\n"),
  );
}

function cellsOf({ what, value, unit, baseline, goal }: Row): string[] {
  // Beside nothing there is no ratio.
  const ratio = baseline === undefined || baseline === 0 ? undefined : value / baseline;
  const isOfRatio = goal?.of === "ratio";
  const held = isOfRatio ? ratio : value;
  const isHeld =
    goal !== undefined && held !== undefined && ("atLeast" in goal ? held >= goal.atLeast : held <= goal.atMost);
  const bound = goal && ("atLeast" in goal ? `≥ ${short(goal.atLeast)}` : `≤ ${short(goal.atMost)}`);
  const word = isOfRatio ? (isHeld ? "PASS" : "SHORT") : isHeld ? "met" : "missed";
  return [
    what,
    short(value),
    unit,
    baseline === undefined ? "" : short(baseline),
    ratio === undefined ? "" : `${short(ratio)} ×`,
    bound === undefined ? "" : `${bound} ${isOfRatio ? "×" : unit}`,
    goal === undefined ? "" : word,
  ];
}

/** Three figures that count. */
function short(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return (value >= 10 ? value.toFixed(1) : value.toFixed(2)).replace(/^-(?=0.00$)/, "");
}
