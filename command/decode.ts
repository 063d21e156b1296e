/** `genkan decode echonet HEX …`, or one frame or line of a recording a line with `--lines`: one JSON object each. */

import { createInterface } from "node:readline";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { type FrameExplainer, fromHex, parseCaptureLine } from "../gateway-core/gateway.ts";
import type { Arguments } from "./arguments.ts";
import { frameReader } from "./frame-reader.ts";
import { endWithReader } from "./process-life.ts";
import { say } from "./say.ts";

export async function decode(args: Arguments): Promise<void> {
  const [wire, ...frames] = args.rest;
  if (wire !== "echonet" || (frames.length === 0) !== args.isByLine) {
    throw new HomeError("usage", say(args.language, "usage"));
  }
  endWithReader();
  const explain = frameReader(args);
  const lines = args.isByLine ? createInterface(process.stdin) : frames;
  // In a stream of lines an error stands in its line's place.
  const bad = args.isByLine ? process.stdout : process.stderr;
  for await (const line of lines) {
    const { text, isGood } = explained(line.trim(), explain);
    (isGood ? process.stdout : bad).write(`${text}\n`);
    if (!isGood) process.exitCode = 1;
  }
}

function explained(line: string, explain: FrameExplainer): { readonly text: string; readonly isGood: boolean } {
  try {
    return {
      text: JSON.stringify(line.startsWith("{") ? explainRecord(line, explain) : explain(fromHex(line))),
      isGood: true,
    };
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    return { text: JSON.stringify({ error: { code, message, offset: details["offset"] ?? null } }), isGood: false };
  }
}

/** The header of a recording as it is; a datagram with its time and its peer before what it says. */
function explainRecord(line: string, explain: FrameExplainer): object {
  const entry = parseCaptureLine(line);
  if ("start" in entry) return entry;
  const { t, dir, peer, octets } = entry;
  return { t, dir, [dir === "in" ? "from" : "to"]: peer, ...explain(octets) };
}
