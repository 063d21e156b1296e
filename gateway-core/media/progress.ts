/** What `ffmpeg -progress` writes: blocks of `name=value` lines. Pure. */

/** The newest figures in a piece of it; undefined where there are none. */
export function progressIn(text: string): { readonly seconds: number; readonly speed: number | null } | undefined {
  const last = (pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1];
  const micros = last(/^out_time_us=(\d+)$/gm);
  if (micros === undefined) return undefined;
  const speed = last(/^speed=\s*([\d.]+)x$/gm);
  return { seconds: Number(micros) / 1_000_000, speed: speed === undefined ? null : Number(speed) };
}
