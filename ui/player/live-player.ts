/** Plays one device's stream in a video element: opens it, follows it, comes back by itself, and says how it stands. */

import { LiveVideo } from "./live-video.ts";
import { MediaBuffer, sourceKind } from "./media-buffer.ts";
import { typeIn } from "./media-type.ts";
import type { PlayerNews, PlayerState, PlayerWish } from "./player-news.ts";
import { takeAhead } from "./stream-ahead.ts";
import {
  awaitSegments,
  closeStream,
  lookAtStream,
  openPictures,
  openStream,
  type Problem,
  type StandingStream,
  StreamProblem,
  sessionOf,
  watchStream,
} from "./stream-client.ts";
import { StreamTroubles } from "./stream-troubles.ts";
import { pause, seen, whenUnseen } from "./unseen.ts";
import type { OpenVideo } from "./video-ahead.ts";
import { bestWay, loadPictures, type Way } from "./ways.ts";

/** A device that plays sends within this. */
const waitingMs = 1_500;
const [firstRetryMs, lastRetryMs] = [300, 2_400];
const lookMs = 5_000;
/** What there is to choose from is asked once the first picture is there. */
const restMs = 200;
/** A picture that breaks so often, each time soon after the last, is shown in another way. */
const mostBroken = 3;
const soonMs = 60_000;

export class LivePlayer {
  readonly device: string;
  /** Resolves when the first pictures are with their decoder, or it is known that none come now. */
  readonly hasPictures: Promise<void>;
  readonly #video: LiveVideo;
  readonly #element: HTMLVideoElement;
  readonly #troubles = new StreamTroubles();
  /** What happened before anybody was told. */
  readonly #untold: PlayerNews[] = [];
  #tell = (news: PlayerNews): void => void this.#untold.push(news);
  #tellPictures = (): void => undefined;
  readonly #stop = new AbortController();
  #state: PlayerState = "connecting";
  #told: string | undefined;
  #session: string | undefined;
  #media: MediaBuffer | undefined;
  #answer = new AbortController();
  #rung: string;
  #audio: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The answer was broken off on purpose: that is no failure. */
  #isChanging = false;
  #way: Way = bestWay();
  #canvas: HTMLCanvasElement | undefined;
  #broken = 0;
  #brokenAt = 0;

  constructor({ video, media }: OpenVideo, device: string, { audio, rung }: PlayerWish) {
    const { signal } = this.#stop;
    this.device = device;
    this.#element = video;
    this.#video = new LiveVideo(video, signal);
    this.#media = media;
    this.#audio = audio;
    this.#rung = rung;
    this.hasPictures = new Promise((resolve) => {
      this.#tellPictures = resolve;
    });
    video.addEventListener("playing", () => this.#set("playing"), { signal });
    video.addEventListener("waiting", () => this.#state === "playing" && this.#set("stalled"), { signal });
    video.addEventListener("error", this.#onError, { signal });
    if (video.error !== null) this.#onError();
    window.addEventListener("pagehide", () => this.close(), { signal });
    whenUnseen(() => this.#video.isAside || (this.#state === "playing" && this.#video.isHeard), this.#rest, signal);
    void this.#run(signal);
    // It plays what is yet to come: nothing is in its way then.
    this.#video.play();
  }

  /** Who hears how it stands, from its beginning on. */
  tellTo(tell: (news: PlayerNews) => void): void {
    this.#tell = tell;
    for (const news of this.#untold.splice(0)) tell(news);
  }

  choose(rung: string): void {
    this.#rung = rung;
    this.#change();
  }

  /** Another sound is a stream of its own. */
  listen(audio: number): void {
    this.#audio = audio;
    this.#leave();
    this.#set("connecting");
    this.#change();
  }

  close(): void {
    this.#stop.abort();
    this.#answer.abort();
    this.#leave();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let retry = 0; ; ) {
      // A page that nobody sees does not knock again and again.
      await seen();
      if (signal.aborted) return;
      try {
        await this.#follow(signal, () => {
          retry = 0;
        });
      } catch (thrown) {
        if (signal.aborted) return;
        const known = thrown instanceof StreamProblem ? thrown.problem : undefined;
        const problem = known ?? { code: "home-away" };
        const { isOver, isTold } = this.#troubles.courseOf(problem, performance.now());
        if (isOver) return this.#end(problem);
        if (problem.code === "device-silent") this.#set("waiting");
        // What a session has ended for it says again and again: the next attempt is a new one, after the last picture.
        else if (known !== undefined) this.#forget();
        const isChanging = this.#isChanging;
        this.#isChanging = false;
        if (isChanging) continue;
        if (isTold) this.#set("connecting", problem);
        else if (this.#state !== "waiting") this.#set("connecting");
      }
      await pause(Math.min(firstRetryMs * 2 ** retry++, lastRetryMs));
    }
  }

  async #follow(signal: AbortSignal, onOctets: () => void): Promise<void> {
    this.#isChanging = false;
    if (this.#media?.isLost === true) this.#closeMedia();
    const known = this.#session;
    const isNew = known === undefined;
    const asked = isNew && this.#way !== "pictures" ? takeAhead(this.device, this.#audio) : undefined;
    const answer = asked?.stop ?? new AbortController();
    this.#answer = answer;
    const late = () => setTimeout(() => this.#state === "connecting" && this.#set("waiting"), waitingMs);
    let patience = isNew ? undefined : late();
    try {
      if (this.#way === "pictures") return await this.#draw(onOctets, answer.signal);
      if (this.#way === "hls" && !isNew) return await this.#playList(known, answer.signal, onOctets);
      // What plays it is made while it is asked for.
      this.#media ??= MediaBuffer.ahead(this.#element)?.prepare();
      const response = await (isNew
        ? (asked?.answer ?? openStream(this.device, this.#audio, this.#rung, answer.signal))
        : watchStream(known, this.#rung, answer.signal));
      const { id, hasVideo } = isNew ? await sessionOf(response) : { id: known, hasVideo: true };
      if (isNew && answer.signal.aborted) return closeStream(id);
      this.#session = id;
      patience ??= late();
      if (this.#way === "hls") return await this.#playList(id, answer.signal, onOctets);
      const isTaken =
        hasVideo &&
        (await this.#take(response, !isNew, () => {
          onOctets();
          if (performance.now() - this.#lookedAt < lookMs) return;
          this.#lookedAt = performance.now();
          setTimeout(() => this.#look(id, signal).catch(() => undefined), restMs);
        }));
      if (isTaken) await this.#look(id, signal);
      else this.#way = "pictures";
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
        this.#media ??= new MediaBuffer(this.#element, kind);
        await this.#media.begin(mediaType, isContinued);
      }
      await this.#media?.append(octets);
      if (this.#element.buffered.length > 0) this.#tellPictures();
      if (this.#element.paused) this.#video.playOn();
      // Of a line that was gone for less than what is in hand.
      else if (this.#video.isMoving && ["connecting", "waiting"].includes(this.#state)) this.#set("playing");
      this.#video.keepEdge();
      onOctets();
    }
    return true;
  }

  async #look(id: string, signal: AbortSignal): Promise<StandingStream> {
    this.#lookedAt = performance.now();
    const standing = await lookAtStream(id, signal);
    const { audioCount, rungs } = standing;
    this.#tell({ state: this.#state, audioCount, rungs });
    return standing;
  }

  /** Apple's own way of playing. It is given a list once there is something in it: an empty one is a fault to it. */
  async #playList(id: string, signal: AbortSignal, onOctets: () => void): Promise<void> {
    const { rungs } = await this.#look(id, signal);
    await awaitSegments(id, this.#rung || (rungs[0]?.name ?? ""), signal);
    onOctets();
    const path = this.#rung === "" ? "" : `${this.#rung}/`;
    this.#element.src = `api/streams/${id}/${path}index.m3u8`;
    this.#video.play();
    while (!signal.aborted) {
      await pause(lookMs, signal);
      await this.#look(id, signal);
    }
  }

  /** Of a device, and not of a session: its own answer says why there are none. */
  async #draw(onOctets: () => void, signal: AbortSignal): Promise<void> {
    this.#leave();
    this.#canvas ??= document.createElement("canvas");
    this.#tell({ state: this.#state, canvas: this.#canvas });
    const [answer, { showPictures }] = await Promise.all([openPictures(this.device, signal), loadPictures()]);
    await showPictures(answer, {
      canvas: this.#canvas,
      onPicture: () => {
        onOctets();
        this.#set("pictures");
      },
      onStill: () => this.#set("stalled"),
    });
  }

  /** What cannot be decoded is asked for anew, some times; then shown in another way. */
  readonly #onError = (): void => {
    if (this.#stop.signal.aborted || this.#element.getAttribute("src") === null) return;
    const now = performance.now();
    this.#broken = now - this.#brokenAt < soonMs ? this.#broken + 1 : 1;
    this.#brokenAt = now;
    this.#closeMedia();
    if (this.#broken >= mostBroken) this.#way = "pictures";
    this.#answer.abort();
  };

  /** Until somebody sees it again. */
  readonly #rest = (): void => {
    this.#leave();
    this.#set("connecting");
    this.#change();
  };

  #change(): void {
    this.#isChanging = true;
    this.#answer.abort();
  }

  #leave(): void {
    this.#forget();
    this.#closeMedia();
  }

  #forget(): void {
    if (this.#session !== undefined) closeStream(this.#session);
    this.#session = undefined;
  }

  #closeMedia(): void {
    if (this.#media === undefined) this.#video.empty();
    this.#media?.close();
    this.#media = undefined;
  }

  #end(problem: Problem): void {
    this.#leave();
    this.#stop.abort();
    this.#set("ended", problem);
  }

  #set(state: PlayerState, problem?: Problem): void {
    if (state === this.#state && problem?.code === this.#told) return;
    this.#state = state;
    this.#told = problem?.code;
    this.#tell({ state, problem });
  }
}
