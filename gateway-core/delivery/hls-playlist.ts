/** The playlists of HTTP Live Streaming (RFC 8216): of the rungs, and of one rung's last segments. Pure. */

import type { Rung } from "../contract/stream.ts";

export interface ListedSegment {
  readonly number: number;
  readonly seconds: number;
  /** Which initialization segment it needs. */
  readonly init: number;
}

/** No segment is longer, rounded (4.3.3.1). */
export const targetSeconds = 1;

/** 4.3.4.2: the best first, as a player without an opinion begins with the first. */
export function rungPlaylist(rungs: readonly Rung[]): string {
  const lines = rungs.flatMap(({ name, videoKbps, audioKbps }) => [
    `#EXT-X-STREAM-INF:BANDWIDTH=${Math.ceil((videoKbps + audioKbps) * 1_150)}`,
    `${name}/index.m3u8`,
  ]);
  return document(lines);
}

/** 4.3.3. `isOver`: nothing more comes. */
export function segmentPlaylist(segments: readonly ListedSegment[], isOver: boolean): string {
  let init: number | undefined;
  const lines = segments.flatMap((segment) => {
    const isNew = segment.init !== init;
    const isChange = isNew && init !== undefined;
    init = segment.init;
    return [
      ...(isChange ? ["#EXT-X-DISCONTINUITY"] : []),
      ...(isNew ? [`#EXT-X-MAP:URI="init.mp4?of=${segment.init}"`] : []),
      `#EXTINF:${segment.seconds.toFixed(3)},`,
      `${segment.number}.m4s`,
    ];
  });
  const head = [`#EXT-X-TARGETDURATION:${targetSeconds}`, `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.number ?? 0}`];
  return document([...head, ...lines, ...(isOver ? ["#EXT-X-ENDLIST"] : [])]);
}

const document = (lines: readonly string[]): string => ["#EXTM3U", "#EXT-X-VERSION:7", ...lines, ""].join("\n");
