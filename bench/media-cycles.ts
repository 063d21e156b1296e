/** Streams that are opened and closed again and again: what is left behind, and how soon nothing runs that nobody watches. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { encoders, ffmpeg, madeStream } from "../test/media/clips.ts";
import { steadyDesk } from "./steady-desk.ts";
import { printTable, type Row } from "./table.ts";

if (ffmpeg === undefined) throw new Error("this bench needs FFmpeg");
const [cycles, warmUp, cyclesOfEncoder, idleMs] = [500, 250, 10, 10_000];
const made = { octets: madeStream("mpegts", 4), seconds: 4 };
const rows: Row[] = [];

/** What is left of our children that have ended. */
function zombies(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(/\s+/).filter(Boolean);
  return children.filter((pid) => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))).length;
}
function held() {
  globalThis.gc?.();
  return { handles: readdirSync("/proc/self/fd").length, resident: process.memoryUsage().rss };
}
async function stopped(): Promise<void> {
  while (encoders().length > 0) await pause(20);
}
/** What plain Node grows by that begins and kills FFmpeg as often. */
function bareGrowth(): number {
  const script = fileURLToPath(new URL("bare-cycles.ts", import.meta.url));
  const counts = [warmUp, cycles].map((count) => String(count / cyclesOfEncoder));
  const args = ["--expose-gc", script, ffmpeg ?? "", ...counts];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

{
  await using desk = steadyDesk(made, 100);
  const cycle = async (): Promise<void> => {
    const id = await desk.begin();
    const reader = (await desk.ask(`/api/streams/${id}/video`)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await desk.ask(`/api/streams/${id}`, "DELETE");
  };
  const run = async (count: number): Promise<void> => {
    for (let number = 1; number <= count; number++) {
      await cycle();
      // Every tenth time long enough for the encoder to be stopped, and begun anew.
      if (number % cyclesOfEncoder === 0) await stopped();
    }
  };
  await run(warmUp);
  const before = held();
  const begun = performance.now();
  await run(cycles);
  const seconds = (performance.now() - begun) / 1_000;
  const after = held();
  rows.push(
    {
      what: `${cycles} times opened and closed: handles more`,
      value: after.handles - before.handles,
      unit: "",
      goal: { atMost: 2 },
    },
    {
      what: "… resident memory more",
      value: (after.resident - before.resident) / 1e6,
      unit: "MB",
      baseline: bareGrowth() / 1e6,
      goal: { atMost: 20 },
    },
    { what: "… processes that ended and were not seen off", value: zombies(), unit: "", goal: { atMost: 0 } },
    { what: "… a cycle", value: (seconds * 1_000) / cycles, unit: "ms" },
  );
}

{
  await using desk = steadyDesk(made, idleMs);
  const id = await desk.begin();
  const reader = (await desk.ask(`/api/streams/${id}/video`)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await desk.ask(`/api/streams/${id}`, "DELETE");
  const begun = performance.now();
  await stopped();
  rows.push({
    what: `the last viewer has left: until no encoder runs (idle stop ${idleMs / 1_000} s)`,
    ...{ value: (performance.now() - begun) / 1_000, unit: "s", goal: { atMost: 11 } },
  });
}

printTable(
  "media-cycles",
  `Real FFmpeg; ${warmUp} cycles before the first look; idle stop 0.1 s, then as it is set. Baseline: plain Node that begins and kills FFmpeg as often.`,
  rows,
);
process.exit(0);
