/**
 * The streams of one home as its viewers get them: one link for each rung of a device however many watch. To a viewer a
 * stream is a session at this broker, to the home a device and a ticket: neither learns where the other is.
 */

import type { Duplex } from "node:stream";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { MediaAsk } from "../../gateway-core/contract/media-link.ts";
import type { PieceRing, Rung, StreamHold } from "../../gateway-core/contract/stream.ts";
import type { HomeBudget, MediaLimits } from "./media-budget.ts";
import { type MediaLink, openMediaLink } from "./media-link.ts";
import { RungLane } from "./rung-lane.ts";

/** After the last hold. */
const lingerMs = 800;

export interface EndedLink {
  readonly device: string;
  readonly rung: string | undefined;
  readonly octets: number;
  readonly seconds: number;
  /** Why the home or the firewall ended it; undefined: nobody wanted it any more. */
  readonly error: HomeError | undefined;
}

export interface HomeStreamsOptions {
  readonly clock: Clock;
  readonly budget: HomeBudget;
  readonly limits: MediaLimits;
  /** Keeps what viewers need of one rung. */
  readonly ring: () => PieceRing;
  /** Has the home dial. @throws HomeError `home-away` */
  readonly dial: (ask: MediaAsk) => Promise<Duplex>;
  readonly onEnded: (link: EndedLink) => void;
}

export interface HomeStreams {
  /** Links that are open now, and the octets that they have brought so far. */
  readonly links: number;
  readonly octets: number;
  readonly isIdle: boolean;
  /** `audio`: which of the device's sounds, from 1 on. @throws HomeError what the stream cannot be had for */
  open(device: string, signal: AbortSignal, audio?: number): Promise<StreamHold>;
}

interface Stream {
  readonly lanes: Map<string, RungLane>;
  readonly over: PromiseWithResolvers<HomeError>;
  readonly rungs: Promise<readonly Rung[]>;
  audioCount: number;
  holds: number;
  timer: Timer | undefined;
  end(error: HomeError): void;
}

export function createHomeStreams(options: HomeStreamsOptions): HomeStreams {
  const { clock, budget, limits, ring, dial, onEnded } = options;
  const streams = new Map<string, Stream>();
  const links = new Set<MediaLink>();

  /** `rung` undefined: the best that the home's uplink carries, as the first viewer wants it. */
  function laneOf(ask: MediaAsk, stream: () => Stream): RungLane {
    return new RungLane({
      ...{ clock, ring, onEnd: (error) => stream().end(error) },
      async open(onHead, onPiece, onEnd) {
        const leave = budget.enter();
        let link: MediaLink | undefined;
        const begun = clock.now();
        const gone = (error?: HomeError): void => {
          if (link === undefined || !links.delete(link)) return;
          leave();
          const seconds = Math.round((clock.now() - begun) / 1000);
          onEnded({ device: ask.device, rung: ask.rung, octets: link.octets, seconds, error });
        };
        try {
          const opened = openMediaLink(await dial(ask), {
            ...{ clock, budget, onPiece },
            onHead(head) {
              stream().audioCount = head.audioCount;
              onHead(head);
            },
            mostKbps: limits.kbpsPerHome,
            longestSeconds: limits.longestSeconds,
            onEnd(error) {
              gone(error);
              onEnd(told(error));
            },
          });
          link = opened;
          links.add(link);
          return {
            get octets() {
              return opened.octets;
            },
            close() {
              opened.close();
              gone();
            },
          };
        } catch (thrown) {
          leave();
          throw thrown;
        }
      },
    });
  }

  function begin(key: string, ask: MediaAsk): Stream {
    const lanes = new Map<string, RungLane>();
    const over = Promise.withResolvers<HomeError>();
    const end = (error: HomeError): void => {
      over.resolve(error);
      stream.timer?.cancel();
      if (streams.get(key) === stream) streams.delete(key);
      for (const lane of lanes.values()) lane.close();
      first.close();
    };
    const first = laneOf(ask, () => stream);
    const rungs = first.ready().then(({ rungs: told }) => {
      const [best] = told;
      if (best !== undefined) lanes.set(best.name, first);
      return told;
    });
    const stream: Stream = { lanes, over, rungs, audioCount: 0, holds: 0, timer: undefined, end };
    streams.set(key, stream);
    rungs.catch(end);
    return stream;
  }

  function hold(ask: MediaAsk, stream: Stream, rungs: readonly Rung[]): StreamHold {
    let isHeld = true;
    return {
      rungs,
      get audioCount() {
        return stream.audioCount;
      },
      over: stream.over.promise,
      async ring(name) {
        if (!rungs.some((rung) => rung.name === name)) {
          throw new HomeError("not-found", `the stream has no rung ${name}`, { rung: name });
        }
        const lane = stream.lanes.get(name) ?? laneOf({ ...ask, rung: name }, () => stream);
        stream.lanes.set(name, lane);
        await lane.ready();
        return lane.face();
      },
      [Symbol.dispose]() {
        if (!isHeld) return;
        isHeld = false;
        release(stream);
      },
    };
  }

  function release(stream: Stream): void {
    stream.holds--;
    if (stream.holds > 0) return;
    stream.timer = clock.after(lingerMs, () => stream.end(new HomeError("not-found", "nobody watches any more")));
  }

  return {
    get links() {
      return links.size;
    },
    get octets() {
      return [...links].reduce((sum, { octets }) => sum + octets, 0);
    },
    get isIdle() {
      return streams.size === 0 && links.size === 0;
    },
    async open(device, signal, audio = 1) {
      const ask = { device, ...(audio === 1 ? {} : { audio }) };
      const key = `${device} ${audio}`;
      const stream = streams.get(key) ?? begin(key, ask);
      stream.holds++;
      stream.timer?.cancel();
      const left = Promise.withResolvers<never>();
      const leave = (): void => left.reject(new HomeError("device-unavailable", "the viewer has left"));
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      try {
        return hold(ask, stream, await Promise.race([stream.rungs, left.promise]));
      } catch (thrown) {
        release(stream);
        throw thrown;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}

/** What is wrong with a home's octets is no matter of who watches: to them the stream has failed. */
function told(error: HomeError): HomeError {
  const isFault = ["frame-malformed", "frame-too-long", "link-message-invalid"].includes(error.code);
  return isFault ? new HomeError("conversion-failed", "the home sent something that is no stream", {}, error) : error;
}
