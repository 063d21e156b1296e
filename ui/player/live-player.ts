/** Plays one device's stream in a video element: opens it, follows it, comes back by itself, and says how it stands. */

import { edgeStep } from "./live-edge.ts";
import { MediaBuffer, sourceKind, usualType } from "./media-buffer.ts";
import {
  closeStream,
  lookAtStream,
  type OpenStream,
  openStream,
  type Problem,
  StreamProblem,
  watchStream,
} from "./stream-client.ts";

/** `waiting`: connected, and the device sends nothing yet; `pictures`: single pictures for who cannot play; `ended` with its reason. */
export type PlayerState = "connecting" | "waiting" | "playing" | "stalled" | "pictures" | "ended";

export interface PlayerNews {
  readonly state: PlayerState;
  readonly problem?: Problem;
  readonly rungs?: OpenStream["rungs"];
  /** How many sounds the device sends. */
  readonly audioCount?: number;
}

const edgeMs = 250;
/** A device that plays sends within this. */
const waitingMs = 1_500;
const retriesMs = [300, 700, 1_500, 3_000, 5_000];
const lookMs = 5_000;
/** A picture that breaks so often is shown in another way. */
const mostBroken = 3;
/** Problems that pass, or that a new session heals. */
const passing = new Set(["device-silent", "home-away", "not-found", "internal", "other"]);
const hls = "application/vnd.apple.mpegurl";
/** Where another rate makes the browser buffer anew. */
const mayChangeRate = !/^((?!chrome|android).)*safari/i.test(navigator.userAgent);

export class LivePlayer {
  readonly #video: HTMLVideoElement;
  readonly #device: string;
  readonly #tell: (news: PlayerNews) => void;
  readonly #stop = new AbortController();
  #state: PlayerState = "connecting";
  #session: string | undefined;
  #media: MediaBuffer | undefined;
  #answer = new AbortController();
  #rung = "";
  #audio: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The answer was broken off on purpose: that is no failure. */
  #isChanging = false;
  #broken = 0;

  /** `audio`: which of the device's sounds, from 1 on. */
  constructor(video: HTMLVideoElement, device: string, audio: number, tell: (news: PlayerNews) => void) {
    this.#video = video;
    this.#device = device;
    this.#audio = audio;
    this.#tell = tell;
    const { signal } = this.#stop;
    const edge = setInterval(this.#keepEdge, edgeMs);
    signal.addEventListener("abort", () => clearInterval(edge));
    for (const [event, state] of [
      ["playing", "playing"],
      ["waiting", "stalled"],
    ] as const) {
      video.addEventListener(event, () => this.#isShown && this.#set(state), { signal });
    }
    video.addEventListener("error", this.#onError, { signal });
    window.addEventListener("pagehide", () => this.close(), { signal });
    void this.#run(signal);
  }

  /** "" for whichever the line carries. */
  choose(rung: string): void {
    this.#rung = rung;
    this.#isChanging = true;
    this.#answer.abort();
  }

  /** To one of the device's sounds, from 1 on: that is a stream of its own. */
  listen(audio: number): void {
    this.#audio = audio;
    this.#isChanging = true;
    this.#leave();
    this.#set("connecting");
    this.#answer.abort();
  }

  close(): void {
    this.#stop.abort();
    this.#answer.abort();
    this.#leave();
  }

  get #isShown(): boolean {
    return this.#state !== "ended" && this.#state !== "pictures" && this.#video.currentSrc !== "";
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let retry = 0; !signal.aborted; ) {
      try {
        await this.#follow(signal, () => {
          retry = 0;
        });
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = thrown instanceof StreamProblem ? thrown.problem : undefined;
        if (problem !== undefined && !passing.has(problem.code)) return this.#end(problem);
        if (problem?.code === "device-silent") this.#set("waiting");
        else if (problem?.code === "not-found") this.#leave();
        const isChanging = this.#isChanging;
        this.#isChanging = false;
        if (isChanging) continue;
        if (this.#state !== "waiting") this.#set("connecting");
      }
      await pause(retriesMs[Math.min(retry++, retriesMs.length - 1)] ?? 0);
      if (document.visibilityState === "hidden") await visible();
    }
  }

  async #follow(signal: AbortSignal, onOctets: () => void): Promise<void> {
    const usual = sourceKind(usualType);
    // Opening it takes its time, and so does the stream: both at once.
    if (usual !== undefined) this.#media ??= new MediaBuffer(this.#video, usual);
    if (this.#session === undefined) {
      const { id, rungs } = await openStream(this.#device, this.#audio, signal);
      if (signal.aborted) return closeStream(id);
      this.#session = id;
      this.#tell({ state: this.#state, rungs });
    }
    const id = this.#session;
    if (globalThis.MediaSource === undefined && !("ManagedMediaSource" in globalThis)) return this.#other(id, signal);
    this.#isChanging = false;
    this.#answer = new AbortController();
    const late = setTimeout(() => this.#state === "connecting" && this.#set("waiting"), waitingMs);
    try {
      const response = await watchStream(id, this.#rung, this.#answer.signal);
      const mediaType = response.headers.get("content-type") ?? "";
      const kind = sourceKind(mediaType);
      if (kind === undefined || response.body === null) return await this.#other(id, signal);
      if (this.#media?.takes(mediaType) === false) this.#closeMedia();
      this.#media ??= new MediaBuffer(this.#video, kind);
      await this.#media.begin(mediaType);
      const reader = response.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        onOctets();
        await this.#media.append(piece.value);
        if (this.#video.paused) this.#play();
        this.#keepEdge();
        if (performance.now() - this.#lookedAt > lookMs) this.#look(id, signal).catch(() => undefined);
      }
    } finally {
      clearTimeout(late);
      this.#answer.abort();
    }
    await lookAtStream(id, signal);
  }

  async #look(id: string, signal: AbortSignal): Promise<void> {
    this.#lookedAt = performance.now();
    const { audioCount } = await lookAtStream(id, signal);
    this.#tell({ state: this.#state, audioCount });
  }

  /** Apple's own way of playing, or pictures where there is none. */
  async #other(id: string, signal: AbortSignal): Promise<void> {
    this.#closeMedia();
    if (this.#broken >= mostBroken || this.#video.canPlayType(hls) === "") {
      this.#leave();
      this.#stop.abort();
      this.#set("pictures");
      return;
    }
    const path = this.#rung === "" ? "" : `${this.#rung}/`;
    this.#video.src = `api/streams/${id}/${path}index.m3u8`;
    this.#play();
    while (!signal.aborted && !this.#answer.signal.aborted) {
      await pause(lookMs);
      await this.#look(id, signal);
    }
  }

  /** A browser that lets no sound begin by itself may show the picture without it. Never awaited: it waits for what is yet to come. */
  #play(): void {
    this.#video.play().catch((cause: unknown) => {
      if (!(cause instanceof DOMException) || cause.name !== "NotAllowedError") return;
      this.#video.muted = true;
      this.#video.play().catch(() => undefined);
    });
  }

  readonly #keepEdge = (): void => {
    const { buffered, currentTime, playbackRate } = this.#video;
    if (this.#media === undefined || this.#state === "ended") return;
    const ranges = Array.from({ length: buffered.length }, (_, at) => ({
      start: buffered.start(at),
      end: buffered.end(at),
    }));
    const { jumpTo, rate } = edgeStep(ranges, currentTime, playbackRate, mayChangeRate);
    if (jumpTo !== undefined) this.#video.currentTime = jumpTo;
    if (rate !== playbackRate) this.#video.playbackRate = rate;
  };

  /** What cannot be decoded is asked for anew, some times; then shown in another way. */
  readonly #onError = (): void => {
    if (this.#stop.signal.aborted || this.#video.getAttribute("src") === null) return;
    this.#broken++;
    this.#closeMedia();
    this.#answer.abort();
    if (this.#broken < mostBroken) return;
    this.#leave();
    this.#stop.abort();
    this.#set("pictures");
  };

  #leave(): void {
    if (this.#session !== undefined) closeStream(this.#session);
    this.#session = undefined;
    this.#closeMedia();
  }

  #closeMedia(): void {
    this.#media?.close();
    this.#media = undefined;
  }

  #end(problem: Problem): void {
    this.#leave();
    this.#stop.abort();
    this.#set("ended", problem);
  }

  #set(state: PlayerState, problem?: Problem): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell(problem === undefined ? { state } : { state, problem });
  }
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** A page that nobody sees does not knock again and again. */
const visible = (): Promise<void> =>
  new Promise((resolve) => document.addEventListener("visibilitychange", () => resolve(), { once: true }));
