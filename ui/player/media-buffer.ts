/** One (Managed)MediaSource buffer that takes a stream's octets as they come, and keeps no more of them than it needs. */

import { inNextTask } from "../next-task.ts";
import { boxesOf } from "./boxes-of.ts";
import { offsetOf, startIn, timescaleIn } from "./first-times.ts";
import { typeIn } from "./media-type.ts";
import usual from "./usual-stream.json" with { type: "json" };

type SourceKind = typeof MediaSource;

/** Safari's, which telephones have instead. */
interface ManagedWindow {
  readonly ManagedMediaSource?: SourceKind;
}

/** Written when it is first needed: a home without pictures needs it never. */
let usualStream: { readonly head: Uint8Array<ArrayBuffer>; readonly type: string } | undefined;
const keptSeconds = 6;
const trimAtSeconds = 12;

/** Undefined where this browser plays no such stream. */
export function sourceKind(mediaType: string): SourceKind | undefined {
  const managed = (globalThis as ManagedWindow).ManagedMediaSource;
  const kinds = [managed, globalThis.MediaSource as SourceKind | undefined];
  return kinds.find((kind) => kind?.isTypeSupported(mediaType));
}

function usualOf() {
  if (usualStream === undefined) {
    const head = boxesOf(usual);
    usualStream = { head, type: typeIn(head) ?? "" };
  }
  return usualStream;
}

/** Whether this browser plays streams as they usually are. */
export const playsUsual = (): boolean => sourceKind(usualOf().type) !== undefined;

/** So that a press need not wait until it is written. */
export const writeUsualAhead = (): void => inNextTask(usualOf);

export class MediaBuffer {
  readonly #video: HTMLVideoElement;
  readonly #source: MediaSource;
  readonly #url: string;
  /** Resolves when it takes octets. */
  opened: Promise<void>;
  /** The browser has closed it again, as it may do with what nobody watches. */
  isLost = false;
  #buffer: SourceBuffer | undefined;
  #mediaType: string | undefined;
  #resume: (() => void) | undefined;
  /** Lets go whoever waits. */
  #wake: (() => void) | undefined;
  #isClosed = false;
  #isPrepared = false;
  #isWanted = true;
  #isPlaced = false;
  #isContinued = false;
  #timescale: number | undefined;

  /** Before anything is known of the stream; undefined where none is played as they usually are. */
  static ahead(video: HTMLVideoElement): MediaBuffer | undefined {
    const kind = sourceKind(usualOf().type);
    return kind && new MediaBuffer(video, kind);
  }

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
    this.#source.addEventListener("sourceclose", () => {
      this.isLost = true;
    });
    this.opened = this.#told(this.#source, "sourceopen");
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
  }

  /**
   * The decoders and the way to the loudspeakers, which take longer to make than a picture to decode, are made for what
   * streams of homes usually are. What does not begin so begins with the stream itself.
   */
  prepare(): this {
    if (!this.#isPrepared) this.opened = this.opened.then(this.#beginUsual).catch(() => undefined);
    this.#isPrepared = true;
    return this;
  }

  /** Whether it can go on with such a stream: a source keeps the number of tracks that it began with. */
  takes(mediaType: string): boolean {
    return this.#mediaType === undefined || tracksOf(mediaType) === tracksOf(this.#mediaType);
  }

  /** Another answer begins: half a box of the one before it is forgotten. `isContinued`: its times go on from that one's. */
  async begin(mediaType: string, isContinued: boolean): Promise<void> {
    await this.opened;
    this.#isPlaced = false;
    this.#isContinued = isContinued;
    this.#timescale = undefined;
    if (this.#buffer === undefined) this.#add(mediaType);
    else {
      await this.#free();
      this.#buffer.abort();
      if (mediaType !== this.#mediaType) this.#buffer.changeType(mediaType);
      this.#mediaType = mediaType;
    }
  }

  readonly #beginUsual = async (): Promise<void> => {
    if (this.#isClosed) return;
    const { head, type } = usualOf();
    this.#add(type).appendBuffer(head);
    await this.#free();
  };

  #add(mediaType: string): SourceBuffer {
    this.#mediaType = mediaType;
    this.#buffer = this.#source.addSourceBuffer(mediaType);
    return this.#buffer;
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
      const offset = this.#isContinued ? buffer.timestampOffset : Number.POSITIVE_INFINITY;
      buffer.timestampOffset = offsetOf(start, offset, end);
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
