/** Streams of the home's devices: joins what a device sends to the encoder, and that to the viewers' desks. */

import type { Host } from "./contract/clock.ts";
import { HomeError } from "./contract/errors.ts";
import type { AvSource, StreamHold } from "./contract/stream.ts";
import type { Handler } from "./contract/web.ts";
import { FragmentRing } from "./delivery/fragment-ring.ts";
import { createPictureDesk, isPicturePath } from "./delivery/picture-desk.ts";
import { createStreamDesk, isStreamPath } from "./delivery/stream-desk.ts";
import { ffmpegStarter, type StartFfmpeg } from "./media/ffmpeg-process.ts";
import { MediaSessions } from "./media/media-sessions.ts";
import { takePictures } from "./media/pictures.ts";
import type { Settings } from "./settings.ts";
import { searchFfmpeg } from "./transcoder.ts";

export interface Streams extends AsyncDisposable {
  /** The routes of streams and pictures, for the pages of this gateway. */
  readonly routes: {
    readonly isPath: (path: string) => boolean;
    readonly handler: Handler;
    /** Somebody looks at a page from which a stream may be watched. */
    readonly expect: () => void;
  };
  /** Of those, what goes with the pages by the data link: pictures. Streams have links of their own. */
  readonly linkRoutes: Streams["routes"];
  /** Holds a device's stream with one of its sounds (from 1 on), which all who watch it share. @throws HomeError what it cannot be had for */
  open(device: string, signal: AbortSignal, audio?: number): Promise<StreamHold>;
  /** Looks for FFmpeg before somebody waits for it: proving one takes seconds, once for each that is installed. */
  prepare(): Promise<void>;
}

export interface StreamsOptions {
  readonly settings: Settings;
  readonly host: Host;
  /** Connects to what a device sends. */
  readonly source: (device: string, signal: AbortSignal) => Promise<AvSource>;
}

interface Engine {
  readonly start: StartFfmpeg;
  readonly encoder: string;
}

export function createStreams({ settings, host, source }: StreamsOptions): Streams {
  const { clock, ids, log } = host;
  const { rungs, idleSeconds, ffmpeg } = settings.media;
  const closing = new AbortController();
  let found: Promise<Engine> | undefined;

  /** One that was found is kept; where there was none it is looked for anew: somebody may have installed it. */
  const engine = (): Promise<Engine> => {
    found ??= searchFfmpeg(host, ffmpeg).then(({ engine: working }) => {
      const encoder = working?.encoders.find((one) => one.includes("264"));
      if (working === undefined || encoder === undefined) {
        throw new HomeError("converter-missing", "no FFmpeg that works was found; genkan doctor says why");
      }
      return { start: ffmpegStarter(working.program, clock), encoder };
    });
    found.catch(() => {
      found = undefined;
    });
    return found;
  };

  const media = new MediaSessions({
    ...{ clock, rungs, engine, idleMs: idleSeconds * 1000, ring: () => new FragmentRing() },
    // At most five times in half a minute: then the stream is given up.
    onRestart: (device, why) => log.write("warn", "encoder-restarted", { device, why }),
  });
  /** Who opens it first may leave while others wait for it already: the opening is not theirs to break off. */
  const open = (device: string, _signal: AbortSignal, audio?: number): Promise<StreamHold> =>
    media.hold(device, () => source(device, closing.signal), audio);
  const desk = createStreamDesk({ clock, ids, open });
  const pictures = createPictureDesk({
    ...{ clock, open },
    take(ring, perSecond, onPicture, onEnd) {
      let [stop, isStopped] = [(): void => undefined, false];
      void engine().then(({ start }) => {
        if (isStopped) return;
        stop = takePictures({ start, ring, onPicture, onEnd, ...(perSecond === undefined ? {} : { perSecond }) });
      }, onEnd);
      return () => {
        isStopped = true;
        stop();
      };
    },
  });

  const expect = (): void => void media.expect().catch(() => undefined);
  return {
    routes: {
      expect,
      isPath: (path) => isStreamPath(path) || isPicturePath(path),
      handler: (request, viewer) =>
        (isPicturePath(new URL(request.url).pathname) ? pictures : desk).handler(request, viewer),
    },
    linkRoutes: { expect, isPath: isPicturePath, handler: pictures.handler },
    open,
    prepare: () =>
      engine().then(
        () => undefined,
        () => undefined,
      ),
    async [Symbol.asyncDispose]() {
      closing.abort();
      desk[Symbol.dispose]();
      await media[Symbol.asyncDispose]();
    },
  };
}
