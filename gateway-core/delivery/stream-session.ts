/** One viewer's session with one device's stream: its answers, its HLS segments, and how it ends (docs/interfaces.md, streams). */

import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { InitSegment, PieceRing, StreamHold } from "../contract/stream.ts";
import type { Viewer } from "../contract/web.ts";
import { rungPlaylist, segmentPlaylist } from "./hls-playlist.ts";
import { HlsShelf } from "./hls-shelf.ts";
import { type RungChoice, startRung } from "./rung-choice.ts";
import { type RungWatch, watchRungs } from "./rung-watch.ts";

export interface StreamSessionOptions {
  readonly clock: Clock;
  readonly id: string;
  readonly device: string;
  /** Which of its sounds. */
  readonly audio: number;
  readonly viewer: Viewer;
  readonly hold: StreamHold;
}

/** A source may be connected and not play yet: then the answer is that nothing comes. */
const firstPieceMs = 10_000;
/** Answers of one session that are open at once: of a tab that came back, say. */
const mostWatches = 4;
const plain = { "cache-control": "no-store" };

export class StreamSession {
  readonly id: string;
  readonly device: string;
  /** Who it belongs to, as they asked last. */
  viewer: Viewer;
  readonly #audio: number;
  readonly #clock: Clock;
  readonly #hold: StreamHold;
  readonly #watches = new Map<RungWatch, number>();
  readonly #shelves = new Map<string, Promise<HlsShelf>>();
  readonly #ending = Promise.withResolvers<HomeError>();
  /** Answers that wait for their first picture. */
  #beginning = 0;
  #choice: RungChoice;
  #readAt: number;
  #over: HomeError | undefined;

  constructor({ clock, id, device, audio, viewer, hold }: StreamSessionOptions) {
    this.#clock = clock;
    this.id = id;
    this.device = device;
    this.#audio = audio;
    this.viewer = viewer;
    this.#hold = hold;
    this.#choice = startRung(clock.now());
    this.#readAt = clock.now();
    void hold.over.then((reason) => this.end(reason));
  }

  /** When somebody read of it last; looks whether those who watch still take what comes. */
  get readAt(): number {
    for (const [watch, octets] of this.#watches) {
      if (watch.isHungry || watch.sentOctets !== octets) this.#readAt = this.#clock.now();
      this.#watches.set(watch, watch.sentOctets);
    }
    // A clock that was set back makes nobody wait who has gone.
    this.#readAt = Math.min(this.#readAt, this.#clock.now());
    return this.#readAt;
  }

  /** Resolves with why it has ended. */
  get ended(): Promise<HomeError> {
    return this.#ending.promise;
  }

  /** Why it has ended, when it has. */
  get over(): HomeError | undefined {
    return this.#over;
  }

  /** Ends every answer that is open, and lets the stream go. */
  end(reason: HomeError): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    this.#ending.resolve(reason);
    for (const watch of [...this.#watches.keys()]) watch.end();
    for (const shelf of this.#shelves.values()) void shelf.then((one) => one[Symbol.dispose](), ignore);
    this.#hold[Symbol.dispose]();
  }

  stands(): Response {
    const { rung } = this.#choice;
    const { rungs, audioCount } = this.#hold;
    const sound = { audio: this.#audio, audioCount };
    return Response.json({ device: this.device, rungs, rung: rungs[rung]?.name ?? null, ...sound }, { headers: plain });
  }

  opened(): Response {
    const headers = { ...plain, location: this.#location };
    return Response.json({ session: this.id, rungs: this.#hold.rungs }, { status: 201, headers });
  }

  /** The same, and the pictures in one answer: its head does not wait for the first. `asked`: as of `video`. */
  async openedWithVideo(asked: string | null, signal: AbortSignal): Promise<Response> {
    const first = await this.#ring(this.#rungAsked(asked));
    const headers = { location: this.#location, "content-type": "video/mp4" };
    return this.#watch(first, asked, signal, { status: 201, headers });
  }

  /** `asked`: the name of a rung, or null for whichever this viewer can follow. */
  async video(asked: string | null, signal: AbortSignal): Promise<Response> {
    this.#read();
    if (this.#watches.size + this.#beginning >= mostWatches) {
      throw new HomeError("too-many-streams", `a stream is watched ${mostWatches} times at once, at most`);
    }
    const { first, mediaType } = await this.#first(this.#rungAsked(asked), signal);
    return this.#watch(first, asked, signal, { status: 200, headers: { "content-type": mediaType } });
  }

  /** @throws HomeError what the session has ended for, `device-unavailable` */
  #watch(
    first: PieceRing,
    asked: string | null,
    signal: AbortSignal,
    { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  ): Response {
    if (this.#over !== undefined) throw this.#over;
    if (signal.aborted) throw new HomeError("device-unavailable", "the viewer has left");
    const choice = asked === null ? this.#choice : { ...startRung(this.#clock.now()), rung: this.#rungNamed(asked) };
    const watch = watchRungs({
      ...{ clock: this.#clock, first, choice, isFixed: asked !== null },
      rungs: this.#hold.rungs,
      ring: (name) => this.#hold.ring(name),
      onChoice: (chosen) => {
        this.#choice = chosen;
      },
      onEnd: () => {
        this.#read();
        this.#watches.delete(watch);
      },
    });
    this.#watches.set(watch, 0);
    signal.addEventListener("abort", () => watch.end(), { once: true });
    return new Response(watch.body, { status, headers: { ...plain, ...headers, "x-accel-buffering": "no" } });
  }

  async #first(rung: number, signal: AbortSignal): Promise<{ readonly first: PieceRing; readonly mediaType: string }> {
    this.#beginning++;
    try {
      const first = await this.#ring(rung);
      const { mediaType } = await this.#begun(first, signal);
      return { first, mediaType };
    } finally {
      this.#beginning--;
    }
  }

  playlists(): Response {
    this.#read();
    return playlist(rungPlaylist(this.#hold.rungs));
  }

  async playlist(rung: string, signal: AbortSignal): Promise<Response> {
    this.#read();
    const shelf = await this.#shelf(rung);
    await this.#within(shelf.ready(), signal);
    this.#read();
    return playlist(segmentPlaylist(shelf.segments, this.#over !== undefined));
  }

  async init(rung: string, of: string | null, signal: AbortSignal): Promise<Response> {
    this.#read();
    const shelf = await this.#shelf(rung);
    await this.#begun(await this.#ring(this.#rungNamed(rung)), signal);
    return media("video/mp4", shelf.init(of === null ? undefined : Number(of)));
  }

  async segment(rung: string, number: number): Promise<Response> {
    this.#read();
    return media("video/iso.segment", (await this.#shelf(rung)).segment(number));
  }

  get #location(): string {
    return `/api/streams/${this.id}`;
  }

  #read(): void {
    this.#readAt = this.#clock.now();
  }

  #rungAsked(asked: string | null): number {
    return asked === null ? this.#choice.rung : this.#rungNamed(asked);
  }

  #rungNamed(name: string): number {
    const at = this.#hold.rungs.findIndex((rung) => rung.name === name);
    if (at < 0) throw new HomeError("not-found", `the stream has no rung ${name}`, { rung: name });
    return at;
  }

  #ring(rung: number): Promise<PieceRing> {
    return this.#hold.ring(this.#hold.rungs[rung]?.name ?? "");
  }

  #shelf(name: string): Promise<HlsShelf> {
    const known = this.#shelves.get(name);
    if (known !== undefined) return known;
    const opening = this.#ring(this.#rungNamed(name)).then((ring) => new HlsShelf(ring));
    this.#shelves.set(name, opening);
    opening.catch(() => this.#shelves.delete(name));
    return opening;
  }

  #begun(ring: PieceRing, signal: AbortSignal): Promise<InitSegment> {
    return this.#within(ring.init(), signal);
  }

  /** @throws HomeError what the session has ended for; `device-silent` while nothing comes. */
  async #within<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
    const waiting = new AbortController();
    const late = sleep(this.#clock, firstPieceMs, AbortSignal.any([waiting.signal, signal])).then(() => {
      throw new HomeError("device-silent", "the device sends no pictures now");
    });
    try {
      const first = await Promise.race([awaited, late, this.#ending.promise]);
      if (first instanceof HomeError) throw first;
      return first;
    } finally {
      late.catch(ignore);
      waiting.abort();
    }
  }
}

const ignore = (): void => undefined;

const playlist = (text: string): Response =>
  new Response(text, { headers: { ...plain, "content-type": "application/vnd.apple.mpegurl" } });

function media(type: string, octets: Uint8Array | undefined): Response {
  if (octets === undefined) throw new HomeError("not-found", "this part of the stream is not kept, or not there yet");
  return new Response(new Uint8Array(octets), { headers: { ...plain, "content-type": type } });
}
