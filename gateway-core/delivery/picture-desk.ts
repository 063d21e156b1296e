/**
 * Pictures of a device for who cannot play its stream (docs/interfaces.md, streams): one, or some a second, each as JPEG. All
 * who look at one device share what makes them; a slow viewer gets fewer.
 */

import { joinOctets } from "../bytes/join-octets.ts";
import { type Clock, sleep, type Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { PieceRing, StreamHold } from "../contract/stream.ts";
import { type Handler, problemResponse, type Viewer } from "../contract/web.ts";
import { mayOpenStream, streamRefusal } from "./stream-refusal.ts";

export interface PictureDeskOptions {
  readonly clock: Clock;
  /** The signal is for the opening only. @throws HomeError what the stream cannot be had for */
  readonly open: (device: string, signal: AbortSignal) => Promise<StreamHold>;
  /** Makes pictures of what a ring has, so many a second or (undefined) the newest alone; returns how to stop. */
  readonly take: (
    ring: PieceRing,
    perSecond: number | undefined,
    onPicture: (jpeg: Uint8Array) => void,
    onEnd: () => void,
  ) => () => void;
}

type Look = (jpeg: Uint8Array | undefined) => void;

/** One device's pictures, made as long as anybody looks, or waits for them. */
interface Motion {
  readonly looks: Set<Look>;
  /** Resolves when they are being made. @throws HomeError why they cannot be */
  readonly begun: Promise<void>;
  stop(): void;
}

const perSecond = 5;
const firstPieceMs = 10_000;
const judgeMs = 1_000;
const most = 32;
const form = /^\/api\/devices\/(?<device>[a-z0-9-]{1,128})\/(?<what>snapshot|motion)\.jpg$/;
const headers = { "cache-control": "no-store", "x-accel-buffering": "no" };
const text = new TextEncoder();
const boundary = "picture";

export const isPicturePath = (path: string): boolean => form.test(path);

export function createPictureDesk({ clock, open, take }: PictureDeskOptions): { readonly handler: Handler } {
  const motions = new Map<string, Motion>();
  let busy = 0;

  async function begun(hold: StreamHold, rung: string, signal: AbortSignal): Promise<PieceRing> {
    const ring = await hold.ring(rung);
    const waiting = new AbortController();
    const late = sleep(clock, firstPieceMs, AbortSignal.any([signal, waiting.signal])).then(() => {
      throw new HomeError("device-silent", "the device sends no pictures now");
    });
    try {
      const first = await Promise.race([ring.init(), hold.over, late]);
      if (first instanceof HomeError) throw first;
      return ring;
    } finally {
      late.catch(() => undefined);
      waiting.abort();
    }
  }

  async function snapshot(device: string, isSmall: boolean, signal: AbortSignal): Promise<Response> {
    using hold = await open(device, signal);
    const ring = await begun(hold, hold.rungs.at(isSmall ? -1 : 0)?.name ?? "", signal);
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    const stop = take(ring, undefined, resolve, () => resolve(undefined));
    const giveUp = (): void => {
      stop();
      resolve(undefined);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    void hold.over.then(giveUp);
    if (signal.aborted) giveUp();
    const picture = await promise;
    if (picture === undefined) throw new HomeError("conversion-failed", "no picture could be made of the stream");
    return new Response(new Uint8Array(picture), { headers: { ...headers, "content-type": "image/jpeg" } });
  }

  function motionOf(device: string): Motion {
    const known = motions.get(device);
    if (known !== undefined) return known;
    const looks = new Set<Look>();
    const leaving = new AbortController();
    const tell = (jpeg: Uint8Array | undefined): void => {
      for (const look of [...looks]) look(jpeg);
    };
    const stop = (): void => {
      if (leaving.signal.aborted) return;
      motions.delete(device);
      leaving.abort();
      tell(undefined);
    };
    const motion = { looks, stop, begun: makeMotion(device, leaving.signal, tell, stop) };
    motions.set(device, motion);
    motion.begun.catch(stop);
    return motion;
  }

  /** The opening is nobody's to break off while others wait for it: the signal is that of all. */
  async function makeMotion(device: string, signal: AbortSignal, tell: Look, stop: () => void): Promise<void> {
    const hold = await open(device, signal);
    signal.addEventListener("abort", () => hold[Symbol.dispose](), { once: true });
    if (signal.aborted) return hold[Symbol.dispose]();
    const ring = await begun(hold, hold.rungs.at(-1)?.name ?? "", signal);
    if (signal.aborted) return;
    signal.addEventListener("abort", take(ring, perSecond, tell, stop), { once: true });
    void hold.over.then(stop);
  }

  /** `left` is told once. */
  async function motion(device: string, { grant }: Viewer, signal: AbortSignal, left: () => void): Promise<Response> {
    const { looks, stop, begun } = motionOf(device);
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    let newest: Uint8Array | undefined;
    let timer: Timer | undefined;
    const leave = (): void => {
      timer?.cancel();
      controller = undefined;
      if (!looks.delete(look)) return;
      left();
      if (looks.size === 0) stop();
    };
    const end = (): void => {
      controller?.close();
      leave();
    };
    const flush = (): void => {
      if (newest === undefined || controller === undefined || (controller.desiredSize ?? 0) <= 0) return;
      controller.enqueue(partOf(newest));
      newest = undefined;
    };
    const look: Look = (jpeg) => {
      if (jpeg === undefined) return end();
      newest = jpeg;
      flush();
    };
    const judge = (): void => {
      if (streamRefusal(grant, device, clock.now()) !== undefined) end();
      else timer = clock.after(judgeMs, judge);
    };
    looks.add(look);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    await begun;
    if (!looks.has(look)) throw new HomeError("device-unavailable", "the viewer has left");
    const body = new ReadableStream<Uint8Array>({
      start(opened) {
        controller = opened;
        opened.enqueue(text.encode(`--${boundary}\r\n`));
        judge();
      },
      pull: flush,
      cancel: leave,
    });
    return new Response(body, {
      headers: { ...headers, "content-type": `multipart/x-mixed-replace; boundary=${boundary}` },
    });
  }

  return {
    handler: async (request, viewer) => {
      const { pathname, searchParams } = new URL(request.url);
      const { device = "", what } = form.exec(pathname)?.groups ?? {};
      try {
        if (request.method !== "GET") throw new HomeError("method-not-allowed", "a picture can only be got");
        mayOpenStream(viewer.grant, device, clock.now());
        if (busy >= most) throw new HomeError("too-many-streams", "no more pictures are made at once", { most });
        busy++;
        const done = (): void => void busy--;
        if (what === "motion") return await motion(device, viewer, request.signal, done);
        return await snapshot(device, searchParams.has("small"), request.signal).finally(done);
      } catch (thrown) {
        return problemResponse(thrown);
      }
    },
  };
}

/** A browser shows a part when the next boundary has come: it is sent at once. */
const partOf = (jpeg: Uint8Array): Uint8Array =>
  joinOctets(
    text.encode(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
    jpeg,
    text.encode(`\r\n--${boundary}\r\n`),
  );
