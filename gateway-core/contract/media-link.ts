/**
 * What gateway and access broker say to each other on the media link beside the pieces of a stream: what the broker asks
 * for, which rungs there are, and why a stream ends (docs/interfaces.md, media link).
 */

import { type ErrorCode, HomeError } from "./errors.ts";
import { isJson, isJsonObject, type Json, type JsonObject } from "./json.ts";
import { mostAudio, type Rung } from "./stream.ts";

/** What a media link is dialled for; its ticket is good for this alone. */
export interface MediaAsk {
  readonly device: string;
  /** Absent: the best that the home's uplink carries. */
  readonly rung?: string;
  /** Which of the device's sounds, from 1 on; absent: the first. */
  readonly audio?: number;
}

/** Told first, and again whenever another rung follows, or the device sends more or fewer sounds. */
export interface StreamHead {
  /** Best first. */
  readonly rungs: readonly Rung[];
  /** The one whose pieces follow: the one that was asked for, or a lower one that the uplink carries. */
  readonly rung: string;
  /** 0 while it is not known. */
  readonly audioCount: number;
}

/** An end of the link that hears nothing for so long ends it; each says something three times in that time. */
export const mediaSilenceMs = 15_000;
export const mediaBeatMs = 5_000;

const mostRungs = 8;
const longestMessage = 500;
const deviceForm = /^[a-z0-9-]{1,128}$/;
const rungForm = /^[a-z0-9-]{1,16}$/;
/** What a home ends a stream for. Anything else from it is a fault of its own. */
const endings: readonly ErrorCode[] = [
  "adapter-failed",
  "bus-full",
  "conversion-failed",
  "converter-missing",
  "device-busy",
  "device-refused",
  "device-silent",
  "device-unavailable",
  "home-away",
  "not-found",
  "not-granted",
  "stream-ended",
  "stream-quota-reached",
  "unknown-device",
];

/** Undefined for what is no such wish. */
export function readMediaAsk({ device, rung, audio }: JsonObject): MediaAsk | undefined {
  if (typeof device !== "string" || !deviceForm.test(device)) return undefined;
  if (rung !== undefined && (typeof rung !== "string" || !rungForm.test(rung))) return undefined;
  if (audio !== undefined && !(isWithin(audio, mostAudio) && audio > 0)) return undefined;
  return { device, ...(rung === undefined ? {} : { rung }), ...(audio === undefined ? {} : { audio }) };
}

/** @throws HomeError `link-message-invalid` */
export function parseStreamHead(input: unknown): StreamHead {
  if (isJson(input) && isJsonObject(input)) {
    // A gateway from before there was a choice says nothing of it.
    const { rungs, rung, audioCount = 0 } = input;
    const isCounted = isWithin(audioCount, mostAudio);
    if (Array.isArray(rungs) && rungs.length <= mostRungs && typeof rung === "string" && isCounted) {
      const read = rungs.map(readRung);
      const names = new Set(read.map(({ name }) => name));
      if (names.size === read.length && names.has(rung)) return { rungs: read, rung, audioCount };
    }
  }
  throw invalid("the head of a stream");
}

/**
 * Why a stream ended, as the home says it.
 * @throws HomeError `link-message-invalid`
 */
export function parseStreamEnd(input: unknown): HomeError {
  if (isJson(input) && isJsonObject(input)) {
    const { code, message, ...details } = input;
    if (typeof message === "string" && message.length <= longestMessage) {
      const known = endings.find((one) => one === code);
      return known === undefined
        ? new HomeError("conversion-failed", "the home ended the stream by a fault of its own")
        : new HomeError(known, message, details);
    }
  }
  throw invalid("the end of a stream");
}

function readRung(input: Json): Rung {
  const { name, height, videoKbps, audioKbps } = isJsonObject(input) ? input : {};
  if (
    typeof name === "string" &&
    rungForm.test(name) &&
    isWithin(height, 4_320) &&
    isWithin(videoKbps, 100_000) &&
    isWithin(audioKbps, 10_000)
  ) {
    return { name, height, videoKbps, audioKbps };
  }
  throw invalid("a rung");
}

const isWithin = (value: Json | undefined, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

const invalid = (what: string): HomeError => new HomeError("link-message-invalid", `${what} is not of its form`);
