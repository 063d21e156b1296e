/** A player of HTTP Live Streaming as far as a test needs one: what a playlist names is fetched, and decoded by FFmpeg (RFC 8216). */

import { decoded } from "./clips.ts";

export interface Played {
  /** What the first playlist names. */
  readonly rungs: readonly string[];
  /** Segments of the best of them. */
  readonly length: number;
  readonly frames: number;
  readonly said: string;
}

/** Plays what the best of a stream's playlists lists now. */
export async function playHls(master: URL, headers: Record<string, string> = {}): Promise<Played> {
  const fetched = async (url: URL): Promise<Response> => {
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error(`${response.status} for ${url.pathname}`);
    return response;
  };
  const linesOf = async (url: URL): Promise<string[]> => (await (await fetched(url)).text()).split("\n");
  const octetsOf = async (url: URL): Promise<Uint8Array> => new Uint8Array(await (await fetched(url)).arrayBuffer());
  const namedIn = (lines: readonly string[]): string[] => lines.filter((line) => line !== "" && !line.startsWith("#"));

  const rungs = namedIn(await linesOf(master));
  const playlist = new URL(rungs[0] ?? "", master);
  const listed = await linesOf(playlist);
  const segments = namedIn(listed);
  const init = listed.flatMap((line) => /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? []);
  const parts = [init[0] ?? "", ...segments].map((name) => octetsOf(new URL(name, playlist)));
  return { rungs, length: segments.length, ...(await decoded(Buffer.concat(await Promise.all(parts)))) };
}
