/**
 * Where viewers ask for streams (docs/interfaces.md, streams): the same desk at the gateway and at the access broker, over
 * whatever opens a stream there. A session is its viewer's alone, and every request of it is judged by what they were
 * granted; it ends with the grant, with its viewer, or when nobody reads it.
 */

import type { Clock, Ids, Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { mostAudio, type StreamHold } from "../contract/stream.ts";
import { type Handler, problemResponse, type Viewer } from "../contract/web.ts";
import { mayOpenStream, streamRefusal } from "./stream-refusal.ts";
import { StreamSession } from "./stream-session.ts";

export interface StreamDeskOptions {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fresh">;
  /** The signal is for the opening only; `audio` is which of the device's sounds. @throws HomeError what the stream cannot be had for */
  readonly open: (device: string, signal: AbortSignal, audio: number) => Promise<StreamHold>;
  /** Sessions of one viewer. */
  readonly mostOfViewer?: number;
  /** Sessions in all. */
  readonly most?: number;
}

export interface StreamDesk extends Disposable {
  /** How many sessions stand. */
  readonly count: number;
  /**
   * Answers every path for which `isStreamPath` holds. A request that changes something was judged by its door: where it
   * comes from, and its form. An answer ends with its request's signal: when the viewer leaves, or is no longer let in.
   */
  readonly handler: Handler;
  /** The session at this path, as its opening told it. */
  find(location: string): Pick<StreamSession, "ended" | "end"> | undefined;
}

const idleMs = 15_000;
const lookMs = 1_000;
/** Who accepts nothing else gets the pictures with the session. */
const video = "video/mp4";
/** How long it is still said what a session has ended for. */
const rememberedMs = 60_000;
/** Of a page that was left: it need not stand in the way of the next. */
const forsakenMs = 3_000;

const form =
  /^\/api\/(?:devices\/(?<device>[a-z0-9-]{1,128})\/stream|streams\/(?<id>[\w-]{1,64})(?:\/(?<file>video|index\.m3u8)|\/(?<rung>[a-z0-9-]{1,32})\/(?<part>index\.m3u8|init\.mp4|\d{1,9}\.m4s))?)$/;

export const isStreamPath = (path: string): boolean => form.test(path);

export function createStreamDesk(options: StreamDeskOptions): StreamDesk {
  const { clock, ids, open, mostOfViewer = 4, most = 64 } = options;
  const sessions = new Map<string, StreamSession>();
  /** Whose streams are being opened. */
  const opening = new Set<{ readonly viewer: Viewer }>();
  let timer: Timer | undefined;
  let isOver = false;

  async function begin(device: string, url: URL, viewer: Viewer, request: Request): Promise<Response> {
    const { signal } = request;
    const audio = audioIn(url.searchParams.get("audio") ?? "1");
    mayOpenStream(viewer.grant, device, clock.now());
    makeRoom(viewer);
    const mine = { viewer };
    opening.add(mine);
    try {
      const hold = await open(device, signal, audio);
      if (signal.aborted || isOver) {
        hold[Symbol.dispose]();
        throw new HomeError("device-unavailable", "the viewer has left");
      }
      const session = new StreamSession({ clock, id: ids.fresh(), device, audio, viewer, hold });
      sessions.set(session.id, session);
      timer ??= clock.after(lookMs, look);
      if (request.headers.get("accept") !== video) return session.opened();
      return await session.openedWithVideo(url.searchParams.get("rung"), signal).catch((thrown: unknown) => {
        session.end(gone());
        throw thrown;
      });
    } finally {
      opening.delete(mine);
    }
  }

  function makeRoom(viewer: Viewer): void {
    const own = standing().filter((one) => isSameViewer(one.viewer, viewer));
    const isFull = own.length + [...opening].filter((one) => isSameViewer(one.viewer, viewer)).length >= mostOfViewer;
    const forsaken = own.find(({ readAt }) => clock.now() - readAt > forsakenMs);
    if (isFull && forsaken !== undefined) forsaken.end(gone());
    else if (isFull || standing().length + opening.size >= most) {
      throw new HomeError("too-many-streams", "no more streams are watched at once", { most: mostOfViewer });
    }
  }

  const standing = (): StreamSession[] => [...sessions.values()].filter(({ over }) => over === undefined);

  /** Another's session is not there. */
  function sessionOf(id: string, viewer: Viewer): StreamSession {
    const session = sessions.get(id);
    if (session === undefined || !isSameViewer(session.viewer, viewer)) throw gone();
    session.viewer = viewer;
    const refusal = streamRefusal(viewer.grant, session.device, clock.now());
    if (refusal !== undefined) session.end(refusal);
    return session;
  }

  function look(): void {
    const now = clock.now();
    for (const [id, session] of sessions) {
      if (session.over !== undefined) {
        if (now - session.readAt > rememberedMs) sessions.delete(id);
        continue;
      }
      const refusal = streamRefusal(session.viewer.grant, session.device, now);
      if (refusal !== undefined) session.end(refusal);
      else if (now - session.readAt > idleMs) session.end(gone());
    }
    timer = sessions.size === 0 ? undefined : clock.after(lookMs, look);
  }

  async function answer(request: Request, viewer: Viewer): Promise<Response> {
    const url = new URL(request.url);
    const { device, id = "", file, rung = "", part } = form.exec(url.pathname)?.groups ?? {};
    const { method, signal } = request;
    if (device !== undefined) {
      allow(method, "POST");
      return begin(device, url, viewer, request);
    }
    const session = sessionOf(id, viewer);
    if (file === undefined && part === undefined) {
      allow(method, "GET", "DELETE");
      if (method === "DELETE") {
        session.end(gone());
        sessions.delete(id);
        return new Response(null, { status: 204 });
      }
    } else allow(method, "GET");
    if (session.over !== undefined) throw session.over;
    if (file === "video") return session.video(url.searchParams.get("rung"), signal);
    if (file !== undefined) return session.playlists();
    if (part === undefined) return session.stands();
    if (part === "index.m3u8") return session.playlist(rung, signal);
    if (part === "init.mp4") return session.init(rung, url.searchParams.get("of"), signal);
    return session.segment(rung, Number.parseInt(part, 10));
  }

  return {
    get count() {
      return standing().length;
    },
    handler: async (request, viewer) => {
      try {
        return await answer(request, viewer);
      } catch (thrown) {
        return problemResponse(thrown);
      }
    },
    find: (location) => sessions.get(form.exec(location)?.groups?.["id"] ?? ""),
    [Symbol.dispose]() {
      isOver = true;
      timer?.cancel();
      for (const session of sessions.values()) session.end(gone());
      sessions.clear();
    },
  };
}

/** @throws HomeError `value-invalid` */
function audioIn(asked: string): number {
  const audio = /^\d$/.test(asked) ? Number(asked) : 0;
  if (audio > 0 && audio <= mostAudio) return audio;
  throw new HomeError("value-invalid", "sounds are counted from 1", { maximum: mostAudio });
}

const isSameViewer = (a: Viewer, b: Viewer): boolean =>
  a.session === b.session && a.name === b.name && a.from === b.from;

const gone = (): HomeError => new HomeError("not-found", "there is no such stream");

function allow(method: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(method))
    throw new HomeError("method-not-allowed", `${method} is not for this path`, { allowed });
}
