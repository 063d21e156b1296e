/** What is known of a stream that was saved: how much there is of it, what is missing and where its time code breaks. Pure. */

import type { Clock } from "../contract/clock.ts";
import type { JsonObject } from "../contract/json.ts";
import type { AvChunk } from "./isochronous-source.ts";

export interface StreamEvidence {
  take(chunk: AvChunk): void;
  /** `{format, chunks, octets, firstTimeCode, lastTimeCode, missingBlocks, lostDataBlocks, droppedChunks, droppedOctets, losses, breaks}`: chunks count from 0; what was dropped, nobody took in time; lists hold the first thousand. */
  told(): JsonObject;
}

const mostListed = 1_000;

export function createStreamEvidence(clock: Pick<Clock, "now">): StreamEvidence {
  const losses: JsonObject[] = [];
  const breaks: JsonObject[] = [];
  const sums = { chunks: 0, octets: 0, missingBlocks: 0, lostDataBlocks: 0, droppedChunks: 0, droppedOctets: 0 };
  let format: string | null = null;
  let first: string | null = null;
  let last: string | null = null;

  return {
    take({ format: form, octets, timeCode, ...lost }) {
      const { missingBlocks, lostDataBlocks, droppedChunks, droppedOctets } = lost;
      const chunk = sums.chunks;
      const loss = {
        at: new Date(clock.now()).toISOString(),
        missingBlocks,
        lostDataBlocks,
        droppedChunks,
        droppedOctets,
      };
      const isWhole = missingBlocks + lostDataBlocks + droppedChunks === 0;
      if (!isWhole && losses.length < mostListed) losses.push({ chunk, timeCode: timeCode ?? null, ...loss });
      if (timeCode !== undefined) {
        const isBreak = last !== null && droppedChunks === 0 && !follows(last, timeCode);
        if (isBreak && breaks.length < mostListed) breaks.push({ chunk, from: last, to: timeCode });
        first ??= timeCode;
        last = timeCode;
      }
      format = form;
      if (octets.length > 0) sums.chunks++;
      sums.octets += octets.length;
      sums.missingBlocks += missingBlocks;
      sums.lostDataBlocks += lostDataBlocks;
      sums.droppedChunks += droppedChunks;
      sums.droppedOctets += droppedOctets;
    },
    told: () => ({
      format,
      ...sums,
      firstTimeCode: first,
      lastTimeCode: last,
      losses: [...losses],
      breaks: [...breaks],
    }),
  };
}

/** The next frame, or the first of the next second; at a minute's beginning, drop-frame code leaves two numbers out. */
function follows(before: string, after: string): boolean {
  const [from, to] = [partsOf(before), partsOf(after)];
  if (from.second === to.second) return to.frame === from.frame + 1;
  const isFirst = to.frame === 0 || (to.frame === 2 && to.second % 60 === 0);
  return to.second === (from.second + 1) % 86_400 && isFirst && from.frame >= 24;
}

function partsOf(timeCode: string): { second: number; frame: number } {
  const [hours = 0, minutes = 0, seconds = 0, frame = 0] = timeCode.split(":").map(Number);
  return { second: hours * 3600 + minutes * 60 + seconds, frame };
}
