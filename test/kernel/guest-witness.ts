/** Programs that know nothing of this project, run in the guest: what they say, and what of the tape they received. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";

const [frameOctets, blockOctets] = [120_000, 80];
/** Sections of a DIF block from which on they are sound and picture; the time code before them is the deck's own. */
const firstContent = 3;
/** In the guest's time, its start among it. */
const patienceMs = 60_000;

export interface Witness {
  readonly command: string;
  readonly args: readonly string[];
  readonly code: unknown;
  readonly said: string;
}

export async function runWitness(command: string, args: readonly string[]): Promise<Witness> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: patienceMs });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (octets: Buffer) => said.push(octets));
  const [code]: unknown[] = await once(child, "close").catch((thrown: Error) => [thrown.message]);
  return { command, args, code, said: Buffer.concat(said).toString().slice(0, 500) };
}

/**
 * How many frames were recorded, and of the one that is most like a frame of the tape: how many of its 1,440 blocks of
 * picture and sound are the same. All of them, unless the witness lost packets.
 */
export function compareFrames(file: string, tapeFile: string): { all: number; sameBlocks: number } {
  if (!existsSync(file)) return { all: 0, sameBlocks: 0 };
  const [recorded, tapes] = [readFileSync(file), readFileSync(tapeFile)];
  const all = Math.floor(recorded.length / frameOctets);
  let sameBlocks = 0;
  for (let frame = 0; frame < all; frame++) {
    for (let tape = 0; tape + frameOctets <= tapes.length; tape += frameOctets) {
      let same = 0;
      for (let block = 0; block < frameOctets; block += blockOctets) {
        const at = frame * frameOctets + block;
        if ((recorded[at] ?? 0) >> 5 < firstContent) continue;
        if (recorded.compare(tapes, tape + block, tape + block + blockOctets, at, at + blockOctets) === 0) same++;
      }
      sameBlocks = Math.max(sameBlocks, same);
    }
  }
  return { all, sameBlocks };
}
