/** `genkan decode FORM …`, or one line of it a line with `--lines`: what passes on the wires of a home, as one JSON object each. */

import { createInterface } from "node:readline";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { type FrameExplainer, fromHex, parseCaptureLine } from "../gateway-core/gateway.ts";
import type { Arguments } from "./arguments.ts";
import { explainerOfIeee1394 } from "./decode-ieee1394.ts";
import { frameReader } from "./frame-reader.ts";
import { endWithReader } from "./process-life.ts";
import { say } from "./say.ts";

/** One argument or line as JSON text. */
type Explain = (text: string) => string;

export async function decode(args: Arguments): Promise<void> {
  const [form = "", ...given] = args.rest;
  const explain = form === "echonet" ? explainerOfEchonet(args) : explainerOfIeee1394(form, args.isByLine);
  if (explain === undefined || (given.length === 0) !== args.isByLine) {
    throw new HomeError("usage", say(args.language, "usage"));
  }
  endWithReader();
  const lines = args.isByLine ? createInterface(process.stdin) : given;
  // In a stream of lines an error stands in its line's place.
  const bad = args.isByLine ? process.stdout : process.stderr;
  for await (const line of lines) {
    const { text, isGood } = explained(withoutGaps(line.trim()), explain);
    (isGood ? process.stdout : bad).write(`${text}\n`);
    if (!isGood) process.exitCode = 1;
  }
}

/** Octets as other programs print them: `10 81 00 …`, `10:81:00:…`. */
const withoutGaps = (text: string): string =>
  /^[\da-f][\da-f\s:]*$/i.test(text) ? text.replaceAll(/[\s:]/g, "") : text;

function explained(line: string, explain: Explain): { readonly text: string; readonly isGood: boolean } {
  try {
    return { text: explain(line), isGood: true };
  } catch (thrown) {
    const { code, message, details } = toHomeError(thrown);
    return { text: JSON.stringify({ error: { code, message, offset: details["offset"] ?? null } }), isGood: false };
  }
}

function explainerOfEchonet(args: Arguments): Explain {
  const explain = frameReader(args);
  return (line) => JSON.stringify(line.startsWith("{") ? explainRecord(line, explain) : explain(fromHex(line)));
}

/** The header of a recording as it is; a datagram with its time and its peer before what it says. */
function explainRecord(line: string, explain: FrameExplainer): object {
  const entry = parseCaptureLine(line);
  if ("start" in entry) return entry;
  const { t, dir, peer, octets } = entry;
  return { t, dir, [dir === "in" ? "from" : "to"]: peer, ...explain(octets) };
}
