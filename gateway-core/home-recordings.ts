/** Joins what people keep of devices' streams to the gateway: it is there for as long as the devices are. */

import type { Host } from "./contract/clock.ts";
import { HomeError } from "./contract/errors.ts";
import type { Recordings } from "./contract/recording.ts";
import type { AvSource } from "./contract/stream.ts";
import { type KeptRecordings, openRecordings } from "./recordings/recordings.ts";
import type { Settings } from "./settings.ts";
import { convertRecording } from "./transcoder.ts";

export interface HomeRecordings {
  /** Undefined where nothing is kept. */
  readonly recordings: Recordings | undefined;
  /** Never fails: without recordings all else is as it was. */
  open(): Promise<void>;
  /** What is being recorded is ended, and kept. */
  close(): Promise<void>;
}

export interface HomeRecordingsOptions {
  readonly settings: Settings;
  readonly host: Host;
  /** Without one, or where the settings say so, nothing is kept. */
  readonly folder: string | undefined;
  readonly source: (device: string, signal: AbortSignal) => Promise<AvSource>;
}

export function joinRecordings({ settings, host, folder, source }: HomeRecordingsOptions): HomeRecordings {
  const { enabled, megabytes } = settings.recordings;
  let kept: KeptRecordings | undefined;
  const opened = (): KeptRecordings => {
    if (kept !== undefined) return kept;
    throw new HomeError("not-found", "no recordings are kept here now");
  };
  const recordings: Recordings = {
    list: () => kept?.list() ?? [],
    start: async (device) => opened().start(device),
    stop: async (id) => opened().stop(id),
    clip: async (id, wish) => opened().clip(id, wish),
    remove: async (id) => opened().remove(id),
    answer: async (id, request) => opened().answer(id, request),
  };
  return {
    recordings: enabled && folder !== undefined ? recordings : undefined,
    async open() {
      if (!enabled || folder === undefined) return;
      const mostOctets = megabytes * 1_000_000;
      const convert = (job: Parameters<typeof convertRecording>[1]): Promise<void> =>
        convertRecording(host, job, settings.media.ffmpeg);
      try {
        kept = await openRecordings({ host, folder, mostOctets, source, convert });
      } catch (thrown) {
        host.log.write("error", "recordings-off", { reason: String(thrown) });
      }
    },
    async close() {
      const closed = kept;
      kept = undefined;
      await closed?.[Symbol.asyncDispose]();
    },
  };
}
