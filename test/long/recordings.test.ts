/** What a deck sends, kept and converted by real FFmpeg, as the gateway does it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joinRecordings } from "../../gateway-core/home-recordings.ts";
import { parseSettings } from "../../gateway-core/settings.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { decoded, ffmpeg, madeStream, paced } from "../media/clips.ts";

describe.skipIf(ffmpeg === undefined)("A recording of a real stream", () => {
  it.each(["mpegts", "dv"] as const)(
    "of %s is octet for octet what was sent, and becomes an MP4 that plays",
    async (form) => {
      const folder = mkdtempSync(join(tmpdir(), "genkan-recordings-"));
      const made = madeStream(form, 4);
      const host = { ...fakeHost(), clock: systemClock, ids: systemIds };
      const home = joinRecordings({
        ...{ settings: parseSettings({}), host, folder },
        source: async () => paced(form, made, 2, false),
      });
      await home.open();
      try {
        const { recordings } = home;
        if (recordings === undefined) return expect.unreachable("recordings are on unless told");
        const { id } = await recordings.start("deck");
        const find = (one: string) => recordings.list().find((recording) => recording.id === one);
        await expect.poll(() => find(id)?.state).toBe("whole");
        const asked = new Request("http://page.example/");
        const file = await (await recordings.answer(id, asked)).arrayBuffer();
        expect(Buffer.from(file).equals(made)).toBe(true);
        const progress: (number | null)[] = [];
        const clip = await recordings.clip(id, { profile: "h264", rung: "low" });
        await expect
          .poll(
            () => {
              const now = find(clip.id);
              if (now?.progress !== undefined) progress.push(now.progress.part);
              return now?.state;
            },
            { timeout: 120_000 },
          )
          .toBe("whole");
        const mp4 = new Uint8Array(await (await recordings.answer(clip.id, asked)).arrayBuffer());
        const { frames, said } = await decoded(mp4);
        expect([frames >= 110, progress.length > 0]).toEqual([true, true]);
        expect(said).toMatch(/h264[\s\S]*320x240[\s\S]*aac/);
      } finally {
        await home.close();
        rmSync(folder, { recursive: true });
      }
    },
  );
});
