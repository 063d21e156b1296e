/** Plays one device's stream in a video element: opens it, follows it, comes back by itself, and says how it stands. */

import { edgeStep } from "./live-edge.ts";
import { MediaBuffer, sourceKind } from "./media-buffer.ts";
import { typeIn } from "./media-type.ts";
import { takeAhead } from "./stream-ahead.ts";
import {
  closeStream,
  lookAtStream,
  openStream,
  type Problem,
  type StandingStream,
  StreamProblem,
  sessionOf,
  watchStream,
} from "./stream-client.ts";
import type { OpenVideo } from "./video-ahead.ts";

/** `waiting`: connected, and the device sends nothing yet; `pictures`: single pictures for who cannot play; `ended` with its reason. */
export type PlayerState = "connecting" | "waiting" | "playing" | "stalled" | "pictures" | "ended";

export interface PlayerNews {
  readonly state: PlayerState;
  readonly problem?: Problem;
  readonly rungs?: StandingStream["rungs"];
  /** How many sounds the device sends. */
  readonly audioCount?: number;
}

const edgeMs = 250;
/** A device that plays sends within this. */
const waitingMs = 1_500;
const [firstRetryMs, lastRetryMs] = [300, 2_400];
const lookMs = 5_000;
/** What there is to choose from is asked once the first picture is there. */
const restMs = 200;
/** A picture that breaks so often is shown in another way. */
const mostBroken = 3;
/** Problems that pass, or that a new session heals. */
const passing = ["device-silent", "home-away", "not-found", "internal", "other"];
/** And so do these, soon after the home was away: a gateway that comes back has yet to find its devices. */
const passingSoon = ["unknown-device", "device-unavailable"];
const soonMs = 60_000;
const hls = "application/vnd.apple.mpegurl";
/** Where another rate makes the browser buffer anew. */
const mayChangeRate = !/^((?!chrome|android).)*safari/i.test(navigator.userAgent);

export class LivePlayer {
  readonly device: string;
  /** Resolves when the first pictures are with their decoder, or it is known that none come now. */
  readonly hasPictures: Promise<void>;
  readonly #video: HTMLVideoElement;
  /** What happened before anybody was told. */
  readonly #untold: PlayerNews[] = [];
  #tell = (news: PlayerNews): void => void this.#untold.push(news);
  #tellPictures = (): void => undefined;
  readonly #stop = new AbortController();
  #state: PlayerState = "connecting";
  #session: string | undefined;
  #media: MediaBuffer | undefined;
  #answer = new AbortController();
  #rung = "";
  #audio: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #awayAt = Number.NEGATIVE_INFINITY;
  /** The answer was broken off on purpose: that is no failure. */
  #isChanging = false;
  #broken = 0;

  /** `audio`: which of the device's sounds, from 1 on. */
  constructor({ video, media }: OpenVideo, device: string, audio: number) {
    this.device = device;
    this.#video = video;
    this.#media = media;
    this.#audio = audio;
    this.hasPictures = new Promise((resolve) => {
      this.#tellPictures = resolve;
    });
    const { signal } = this.#stop;
    const edge = setInterval(this.#keepEdge, edgeMs);
    signal.addEventListener("abort", () => clearInterval(edge));
    video.addEventListener("playing", () => this.#set("playing"), { signal });
    video.addEventListener("waiting", () => this.#state === "playing" && this.#set("stalled"), { signal });
    video.addEventListener("error", this.#onError, { signal });
    if (video.error !== null) this.#onError();
    window.addEventListener("pagehide", () => this.close(), { signal });
    void this.#run(signal);
    // It plays what is yet to come: nothing is in its way then.
    this.#play();
  }

  /** Who hears how it stands, from its beginning on. */
  tellTo(tell: (news: PlayerNews) => void): void {
    this.#tell = tell;
    for (const news of this.#untold.splice(0)) tell(news);
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

  async #run(signal: AbortSignal): Promise<void> {
    for (let retry = 0; !signal.aborted; ) {
      try {
        await this.#follow(signal, () => {
          retry = 0;
        });
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = thrown instanceof StreamProblem ? thrown.problem : undefined;
        const { code = "home-away" } = problem ?? {};
        if (code === "home-away") this.#awayAt = performance.now();
        const isSoon = performance.now() - this.#awayAt < soonMs && passingSoon.includes(code);
        if (problem !== undefined && !passing.includes(code) && !isSoon) return this.#end("ended", problem);
        if (code === "device-silent") this.#set("waiting");
        // What a session has ended for it says again and again: the next attempt is a new one, after the last picture.
        else if (problem !== undefined) this.#forget();
        const isChanging = this.#isChanging;
        this.#isChanging = false;
        if (isChanging) continue;
        if (this.#state !== "waiting") this.#set("connecting");
      }
      // A page that nobody sees does not knock again and again.
      do await pause(Math.min(firstRetryMs * 2 ** retry++, lastRetryMs));
      while (document.hidden);
    }
  }

  async #follow(signal: AbortSignal, onOctets: () => void): Promise<void> {
    this.#isChanging = false;
    if (this.#media?.isLost === true) this.#closeMedia();
    // What plays it is made while it is asked for.
    this.#media ??= MediaBuffer.ahead(this.#video)?.prepare();
    const known = this.#session;
    const asked = known === undefined ? takeAhead(this.device, this.#audio) : undefined;
    const answer = asked?.stop ?? new AbortController();
    this.#answer = answer;
    const late = () => setTimeout(() => this.#state === "connecting" && this.#set("waiting"), waitingMs);
    let patience = known === undefined ? undefined : late();
    try {
      const response = await (known === undefined
        ? (asked?.answer ?? openStream(this.device, this.#audio, this.#rung, answer.signal))
        : watchStream(known, this.#rung, answer.signal));
      const { id, hasVideo } = known === undefined ? await sessionOf(response) : { id: known, hasVideo: true };
      if (known === undefined && answer.signal.aborted) return closeStream(id);
      this.#session = id;
      patience ??= late();
      const isTaken =
        hasVideo &&
        (await this.#take(response, known !== undefined, () => {
          onOctets();
          if (performance.now() - this.#lookedAt < lookMs) return;
          this.#lookedAt = performance.now();
          setTimeout(() => this.#look(id, signal).catch(() => undefined), restMs);
        }));
      await (isTaken ? this.#look(id, signal) : this.#other(id, signal));
    } finally {
      clearTimeout(patience);
      this.#answer.abort();
      this.#tellPictures();
    }
  }

  /** False where this browser cannot play it. */
  async #take({ body }: Response, isContinued: boolean, onOctets: () => void): Promise<boolean> {
    if (body === null) return false;
    const reader = body.getReader();
    let head: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      let octets = piece.value;
      if (head !== undefined) {
        if (head.length > 0) octets = new Uint8Array([...head, ...octets]);
        head = octets;
        const mediaType = typeIn(head);
        if (mediaType === undefined) continue;
        head = undefined;
        const kind = sourceKind(mediaType);
        if (kind === undefined) return false;
        if (this.#media?.takes(mediaType) === false) this.#closeMedia();
        this.#media ??= new MediaBuffer(this.#video, kind);
        await this.#media.begin(mediaType, isContinued);
      }
      await this.#media?.append(octets);
      if (this.#video.buffered.length > 0) this.#tellPictures();
      if (this.#video.paused) this.#play();
      else this.#seeWhetherMoving();
      this.#keepEdge();
      onOctets();
    }
    return true;
  }

  async #look(id: string, signal: AbortSignal): Promise<void> {
    this.#lookedAt = performance.now();
    const { audioCount, rungs } = await lookAtStream(id, signal);
    this.#tell({ state: this.#state, audioCount, rungs });
  }

  /** Apple's own way of playing, or pictures where there is none. */
  async #other(id: string, signal: AbortSignal): Promise<void> {
    this.#closeMedia();
    this.#answer.abort();
    this.#answer = new AbortController();
    if (this.#broken >= mostBroken || this.#video.canPlayType(hls) === "") {
      return this.#end("pictures");
    }
    const path = this.#rung === "" ? "" : `${this.#rung}/`;
    this.#video.src = `api/streams/${id}/${path}index.m3u8`;
    this.#play();
    while (!signal.aborted && !this.#answer.signal.aborted) {
      await pause(lookMs);
      await this.#look(id, signal);
    }
  }

  /** Of a line that was gone for less than what is in hand: pictures that never stood still have no event that says that they move. */
  #seeWhetherMoving(): void {
    const { played, readyState } = this.#video;
    const isMoving = played.length > 0 && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
    if (isMoving && (this.#state === "connecting" || this.#state === "waiting")) this.#set("playing");
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
    const at = buffered.length - 1;
    if (this.#media === undefined || at < 0) return;
    const last = { start: buffered.start(at), end: buffered.end(at) };
    const { jumpTo, rate } = edgeStep(last, currentTime, playbackRate, mayChangeRate);
    if (jumpTo !== undefined) this.#video.currentTime = jumpTo;
    if (rate !== playbackRate) this.#video.playbackRate = rate;
  };

  /** What cannot be decoded is asked for anew, some times; then shown in another way. */
  readonly #onError = (): void => {
    if (this.#stop.signal.aborted || this.#video.getAttribute("src") === null) return;
    this.#broken++;
    this.#closeMedia();
    this.#answer.abort();
    if (this.#broken >= mostBroken) this.#end("pictures");
  };

  #leave(): void {
    this.#forget();
    this.#closeMedia();
  }

  #forget(): void {
    if (this.#session !== undefined) closeStream(this.#session);
    this.#session = undefined;
  }

  #closeMedia(): void {
    this.#media?.close();
    this.#media = undefined;
  }

  #end(state: PlayerState, problem?: Problem): void {
    this.#leave();
    this.#stop.abort();
    this.#set(state, problem);
  }

  #set(state: PlayerState, problem?: Problem): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell({ state, ...(problem && { problem }) });
  }
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
