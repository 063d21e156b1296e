/** What FFmpeg is asked to do, as its arguments: decided from the source's form and the rungs wanted. Pure. */

import { HomeError } from "../contract/errors.ts";
import type { Rung, SourceForm } from "../contract/stream.ts";

export interface LivePlan {
  readonly form: SourceForm;
  readonly rungs: readonly Rung[];
  /** An encoder of H.264 that works here. */
  readonly encoder: string;
  /** Which pair of sound channels: DV carries two. */
  readonly audio?: number;
}

/** Seconds between pictures that a player may begin with. */
const groupSeconds = 1;
/** A fragment ends before such a picture: the second one comes at once, so that the first fragment is one picture long and nobody waits for more. */
const firstSeconds = 0.02;
/** The next groups are shorter: three segments that each begin with such a picture are there sooner (players of RFC 8216 want three, and two seconds in hand). */
const [shortGroups, shortSeconds] = [3, 0.7];
const shortTime = `${firstSeconds}+(n_forced-1)*${shortSeconds}`;
const savedSeconds = (shortGroups + 1) * groupSeconds - shortGroups * shortSeconds - firstSeconds;
const usualTime = `n_forced*${groupSeconds}-${savedSeconds}`;
const keyTimes = `expr:gte(t,if(gt(n_forced,${shortGroups}),${usualTime},if(n_forced,${shortTime},0)))`;
const fragmentUs = 200_000;

/**
 * From pipe:0 to fragmented MP4, the rungs at pipe:1, pipe:3, pipe:4 …, all from one decode, their fragments aligned.
 * @throws HomeError `value-invalid` for no rung, or an odd height.
 */
export function liveArguments({ form, rungs, encoder, audio = 0 }: LivePlan): readonly string[] {
  if (rungs.length === 0 || rungs.some(({ height }) => height < 16 || height % 2 !== 0)) {
    throw new HomeError("value-invalid", "a rung has an even number of lines", {});
  }
  return [
    ...quiet,
    // One thread decodes these sizes many times faster than they come; each further one would hold a picture back.
    ...["-threads", "1"],
    ...input(form),
    "-filter_complex",
    filterOf(rungs.map(({ height }) => height)),
    ...rungs.flatMap((rung, at) => [
      ...["-map", `[v${at}]`, "-map", `0:a:${audio}?`],
      ...videoOptions(encoder, rung.videoKbps, keyTimes),
      ...soundOptions(rung.audioKbps),
      ...["-frag_duration", String(fragmentUs), "-flush_packets", "1"],
      ...["-movflags", "+empty_moov+default_base_moof+frag_keyframe+negative_cts_offsets"],
      ...["-f", "mp4", `pipe:${outputNumber(at)}`],
    ]),
  ];
}

export interface ClipPlan {
  readonly form: SourceForm;
  /** `h264`: for browsers; `mpeg4`: MPEG-4 Part 2, for players that know nothing newer. */
  readonly profile: "h264" | "mpeg4";
  readonly rung: Rung;
  /** An encoder of H.264 that works here; of no matter to `mpeg4`. */
  readonly encoder: string;
  readonly audio?: number;
  /** The file to make. */
  readonly output: string;
}

/** From pipe:0 to an MP4 file that can be played while it is fetched; progress at pipe:1. */
export function clipArguments({ form, profile, rung, encoder, audio = 0, output }: ClipPlan): readonly string[] {
  const { height, videoKbps, audioKbps } = rung;
  const mpeg4 = ["-c:v", "mpeg4", "-b:v", `${videoKbps}k`, "-pix_fmt", "yuv420p"];
  return [
    ...[...quiet, "-progress", "pipe:1", "-stats_period", "0.5", "-y"],
    ...input(form),
    ...["-map", "0:v:0", "-map", `0:a:${audio}?`, "-vf", `${deinterlace},${scaleTo(height)}`],
    ...(profile === "mpeg4" ? mpeg4 : videoOptions(encoder, videoKbps, `expr:gte(t,n_forced*${groupSeconds})`)),
    ...soundOptions(audioKbps),
    ...["-movflags", "+faststart", "-f", "mp4", `file:${output}`],
  ];
}

/** From fragments of one rung at pipe:0 to JPEG pictures at pipe:1: so many a second, or the first alone. */
export function pictureArguments(perSecond: number | undefined): readonly string[] {
  const many = ["-vf", `fps=${perSecond}`];
  return [
    ...quiet,
    ...["-protocol_whitelist", "pipe", "-probesize", "32", "-analyzeduration", "0", "-threads", "1"],
    ...["-f", "mp4", "-i", "pipe:0", "-an"],
    ...(perSecond === undefined ? ["-frames:v", "1"] : many),
    ...[
      "-c:v",
      "mjpeg",
      "-q:v",
      "6",
      "-pix_fmt",
      "yuvj420p",
      "-threads",
      "1",
      "-f",
      "image2pipe",
      "-flush_packets",
      "1",
      "pipe:1",
    ],
  ];
}

const outputNumber = (at: number): number => (at === 0 ? 1 : at + 2);
const quiet = ["-hide_banner", "-loglevel", "error", "-nostdin"];

/**
 * Nothing but the pipe is opened, whatever the source claims to be, and how the source begins is known: little is probed.
 * Unless it is told that one programme is all, FFmpeg awaits others up to the whole probe size: a second at 4 Mbit/s.
 */
function input(form: SourceForm): readonly string[] {
  const probe = form === "dv" ? ["500k", "100000"] : ["500k", "1000000"];
  const [size = "", time = ""] = probe;
  return [
    ...["-protocol_whitelist", "pipe", "-probesize", size, "-analyzeduration", time, "-fpsprobesize", "0"],
    ...(form === "mpegts" ? ["-scan_all_pmts", "0"] : []),
    ...["-f", form, "-i", "pipe:0"],
  ];
}

/** A picture for each frame: one for each field would cost twice as much and look no better at these rates. */
const deinterlace = "bwdif=mode=send_frame:deint=interlaced";
/** Square pixels: the picture keeps the shape that it is meant to have. */
const scaleTo = (height: number): string => `scale=w='trunc(oh*dar/2)*2':h='min(${height},ih)',setsar=1`;

function filterOf(heights: readonly number[]): string {
  const names = heights.map((_, at) => `[s${at}]`);
  const scales = heights.map((height, at) => `[s${at}]${scaleTo(height)}[v${at}]`);
  return [`[0:v:0]${deinterlace},split=${heights.length}${names.join("")}`, ...scales].join(";");
}

function videoOptions(encoder: string, kbps: number, keys: string): readonly string[] {
  const own = encoder === "libx264" ? ["-preset", "superfast", "-tune", "zerolatency", "-sc_threshold", "0"] : [];
  return [
    ...["-c:v", encoder, ...own, "-profile:v", "main", "-pix_fmt", "yuv420p"],
    ...["-b:v", `${kbps}k`, "-maxrate", `${kbps}k`, "-bufsize", `${Math.ceil(kbps / 2)}k`],
    ...["-g", "600", "-force_key_frames", keys],
  ];
}

const soundOptions = (kbps: number): readonly string[] => [
  "-c:a",
  "aac",
  "-b:a",
  `${kbps}k`,
  "-ac",
  "2",
  "-ar",
  "48000",
];
