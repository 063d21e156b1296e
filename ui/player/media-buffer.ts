/** One (Managed)MediaSource buffer that takes a stream's octets as they come, and keeps no more of them than it needs. */

import { startIn, timescaleIn } from "./first-times.ts";

type SourceKind = typeof MediaSource;

/** Safari's, which telephones have instead. */
interface ManagedWindow {
  readonly ManagedMediaSource?: SourceKind;
}

/** What every stream of a home is, more or less: so that a source can be opened before its type is known. */
export const usualType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';
/** A picture that lay before 0 by a rounding would be thrown away, and its whole group with it. */
const roundingSeconds = 0.001;
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
    if (this.#source.readyState === "closed") await told(this.#source, "sourceopen");
    this.#tracks = tracksOf(mediaType);
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
    if (this.#buffer === undefined || this.#isPlaced) return;
    this.#timescale ??= timescaleIn(octets);
    const start = startIn(octets, this.#timescale);
    if (start === undefined) return;
    this.#isPlaced = true;
    this.#buffer.timestampOffset = roundingSeconds - start;
  }

  close(): void {
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
    while (this.#buffer?.updating) await told(this.#buffer, "updateend");
  }
}

const tracksOf = (mediaType: string): number => mediaType.split(",").length;

const told = (target: EventTarget, event: string): Promise<void> =>
  new Promise((resolve) => target.addEventListener(event, () => resolve(), { once: true }));
