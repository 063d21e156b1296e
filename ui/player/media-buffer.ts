/** One (Managed)MediaSource buffer that takes a stream's octets as they come, and keeps no more of them than it needs. */

import { offsetOf, startIn, timescaleIn } from "./first-times.ts";

type SourceKind = typeof MediaSource;

/** Safari's, which telephones have instead. */
interface ManagedWindow {
  readonly ManagedMediaSource?: SourceKind;
}

/** What every stream of a home is, more or less: so that a source can be opened before its type is known. */
export const usualType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';
const keptSeconds = 6;
const trimAtSeconds = 12;

/** Undefined where this browser plays no such stream. */
export function sourceKind(mediaType: string): SourceKind | undefined {
  const managed = (globalThis as ManagedWindow).ManagedMediaSource;
  const kinds = [managed, globalThis.MediaSource as SourceKind | undefined];
  return kinds.find((kind) => kind?.isTypeSupported(mediaType));
}

export class MediaBuffer {
  readonly #video: HTMLVideoElement;
  readonly #source: MediaSource;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #tracks: number | undefined;
  #resume: (() => void) | undefined;
  /** Lets go whoever waits. */
  #wake: (() => void) | undefined;
  #isClosed = false;
  #isWanted = true;
  #isPlaced = false;
  #timescale: number | undefined;

  constructor(video: HTMLVideoElement, kind: SourceKind) {
    this.#video = video;
    this.#source = new kind();
    // Without this a managed source does not open (it could not be sent to another screen).
    video.disableRemotePlayback = true;
    this.#source.addEventListener("startstreaming", () => {
      this.#isWanted = true;
      this.#resume?.();
    });
    this.#source.addEventListener("endstreaming", () => {
      this.#isWanted = false;
    });
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
  }

  /** Whether it can go on with such a stream: a source keeps the number of tracks that it began with. */
  takes(mediaType: string): boolean {
    return this.#tracks === undefined || tracksOf(mediaType) === this.#tracks;
  }

  /** Another answer begins: half a box of the one before it is forgotten. */
  async begin(mediaType: string): Promise<void> {
    if (this.#source.readyState === "closed") await this.#told(this.#source, "sourceopen");
    this.#tracks = tracksOf(mediaType);
    this.#isPlaced = false;
    this.#timescale = undefined;
    if (this.#buffer === undefined) this.#buffer = this.#source.addSourceBuffer(mediaType);
    else {
      await this.#free();
      this.#buffer.abort();
      this.#buffer.changeType(mediaType);
    }
  }

  /** Resolves when more may come. */
  async append(octets: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#isWanted) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    await this.#free();
    await this.#trim();
    this.#place(octets);
    this.#buffer?.appendBuffer(octets);
    await this.#free();
  }

  /** What is joined plays from the beginning: nothing has to be sought. */
  #place(octets: Uint8Array): void {
    const buffer = this.#buffer;
    if (buffer === undefined || this.#isPlaced) return;
    this.#timescale ??= timescaleIn(octets);
    const start = startIn(octets, this.#timescale);
    if (start === undefined) return;
    this.#isPlaced = true;
    const { buffered } = buffer;
    const end = buffered.length === 0 ? undefined : buffered.end(buffered.length - 1);
    try {
      buffer.timestampOffset = offsetOf(start, buffer.timestampOffset, end);
    } catch {
      // The fragment had begun before its time was read: it lies where it says, and is jumped to.
    }
  }

  /** Whoever waits for it goes on, and finds it closed. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
    this.#resume?.();
    this.#video.removeAttribute("src");
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  async #trim(): Promise<void> {
    const { buffered } = this.#video;
    const end = this.#video.currentTime - keptSeconds;
    if (buffered.length === 0 || end - buffered.start(0) < trimAtSeconds - keptSeconds) return;
    this.#buffer?.remove(0, end);
    await this.#free();
  }

  async #free(): Promise<void> {
    while (this.#buffer?.updating && !this.#isClosed) await this.#told(this.#buffer, "updateend");
  }

  #told(target: EventTarget, event: string): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      target.addEventListener(event, () => resolve(), { once: true });
    });
  }
}

const tracksOf = (mediaType: string): number => mediaType.split(",").length;
