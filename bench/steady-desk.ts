/** A desk of streams over real FFmpeg, as benches of the home ask it: no page, no sockets. */

import { wholeGrant } from "../gateway-core/contract/grant.ts";
import type { SourceForm } from "../gateway-core/contract/stream.ts";
import { FragmentRing } from "../gateway-core/delivery/fragment-ring.ts";
import { createStreamDesk } from "../gateway-core/delivery/stream-desk.ts";
import { ffmpegStarter } from "../gateway-core/media/ffmpeg-process.ts";
import { FragmentReader } from "../gateway-core/media/fragments.ts";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../gateway-core/media/media-sessions.ts";
import { systemClock, systemIds } from "../host/system-host.ts";
import { ffmpeg, paced } from "../test/media/clips.ts";

export interface SteadyDesk extends AsyncDisposable {
  readonly media: MediaSessions;
  ask(path: string, method?: string): Promise<Response>;
  /** The id of a session of its own. */
  begin(device?: string): Promise<string>;
}

export interface Clip {
  readonly form?: SourceForm;
  readonly octets: Uint8Array;
  readonly seconds: number;
}

const viewer = { name: "local", from: "local", session: "s", grant: wholeGrant } as const;

/** Every device sends the same clip, over and over. */
export function steadyDesk({ form = "mpegts", octets, seconds }: Clip, idleMs: number): SteadyDesk {
  const engine = async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" });
  const ring = () => new FragmentRing();
  const media = new MediaSessions({ clock: systemClock, rungs: ladder, engine, idleMs, ring });
  const desk = createStreamDesk({
    ...{ clock: systemClock, ids: systemIds, most: 1_000, mostOfViewer: 1_000 },
    open: (device) => media.hold(device, async () => paced(form, octets, seconds)),
  });
  const ask = (path: string, method = "GET"): Promise<Response> =>
    desk.handler(new Request(`http://home${path}`, { method }), viewer);
  return {
    media,
    ask,
    async begin(device = "deck") {
      const answer = await ask(`/api/devices/${device}/stream`, "POST");
      const { session } = (await answer.json()) as { session: string };
      return session;
    },
    async [Symbol.asyncDispose]() {
      desk[Symbol.dispose]();
      await media[Symbol.asyncDispose]();
    },
  };
}

/** Seconds of a stream that wait and are there at once: before anything has to be waited for, and behind the octets that are under way. */
export async function secondsWaiting(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  underWay: number,
): Promise<number> {
  const parser = new FragmentReader();
  let [seconds, octets] = [0, 0];
  for (;;) {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined));
    const next = await Promise.race([reader.read(), late]);
    if (next?.value === undefined) return seconds;
    octets += next.value.length;
    for (const piece of parser.push(next.value)) {
      if ("fragment" in piece && octets > underWay) seconds += piece.fragment.duration;
    }
  }
}

/** The same stream as a deck that begins at another place of it sends it. */
export function turnedAt(octets: Uint8Array, part: number, more: number): Uint8Array {
  const from = Math.floor((octets.length * part) / 188) * 188 + more;
  return Buffer.concat([octets.subarray(from), octets.subarray(0, from)]);
}
