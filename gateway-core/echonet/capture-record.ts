/**
 * Records of ECHONET Lite traffic as lines of JSON (docs/interfaces.md, command line): a header that says when the
 * recording began, then one line for each datagram.
 */

import { fromHex, toHex } from "../bytes/hex.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { instantOf } from "../contract/instant.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";

/** One datagram. */
export interface CaptureRecord {
  /** Milliseconds since the recording began. */
  readonly t: number;
  readonly dir: "in" | "out";
  /** The IP address that it came from or went to; `multicast` for what went to all. */
  readonly peer: string;
  readonly octets: Uint8Array;
}

/** What stands in the first line. */
export interface CaptureHeader {
  /** RFC 3339. */
  readonly start: string;
}

export const toAll = "multicast";
const kind = "echonet-lite";

export function formatCaptureHeader(startMs: number): string {
  return JSON.stringify({ capture: kind, v: 1, start: new Date(startMs).toISOString() });
}

/** `{t, dir: "in", from, hex}` or `{t, dir: "out", to, hex}`. */
export function formatCaptureRecord({ t, dir, peer, octets }: CaptureRecord): string {
  return JSON.stringify({ t, dir, [dir === "in" ? "from" : "to"]: peer, hex: toHex(octets) });
}

/** @throws HomeError `capture-invalid` for anything else than a line of a record. */
export function parseCaptureLine(line: string): CaptureHeader | CaptureRecord {
  const value = parseJson(line);
  if (!isJsonObject(value)) throw invalid("it is no JSON object", line);
  return Object.hasOwn(value, "capture") ? parseHeader(value, line) : parseRecord(value, line);
}

/** The records of a whole file; empty lines are passed over. @throws HomeError `capture-invalid` with `line`, from 1. */
export function parseCapture(text: string): CaptureRecord[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const entry = parseCaptureLine(line);
      return "start" in entry ? [] : [entry];
    } catch (cause) {
      throw new HomeError(
        "capture-invalid",
        `line ${index + 1}: ${toHomeError(cause).message}`,
        { line: index + 1 },
        cause,
      );
    }
  });
}

function parseHeader({ capture, v, start }: JsonObject, line: string): CaptureHeader {
  if (capture === kind && v === 1 && typeof start === "string" && instantOf(start) !== undefined) return { start };
  throw invalid("it is no header of a recording that is known here", line);
}

function parseRecord({ t, dir, from, to, hex }: JsonObject, line: string): CaptureRecord {
  const peer = dir === "in" ? from : to;
  const isKnown = dir === "in" || dir === "out";
  if (!isKnown || typeof t !== "number" || t < 0 || typeof peer !== "string" || typeof hex !== "string") {
    throw invalid("it is no {t, dir, from|to, hex}", line);
  }
  return { t, dir, peer, octets: octetsOf(hex, line) };
}

function octetsOf(hex: string, line: string): Uint8Array {
  try {
    return fromHex(hex);
  } catch {
    throw invalid("its hex is no hexadecimal text", line);
  }
}

function parseJson(line: string): Json {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid("it is no JSON", line);
  }
}

function invalid(reason: string, line: string): HomeError {
  return new HomeError("capture-invalid", `this is no line of a recording: ${reason}`, { value: line.slice(0, 80) });
}
