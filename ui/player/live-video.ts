/** The video element of a live stream: begins by itself, stays close to the edge, and knows whether anybody follows it. */

import { edgeStep } from "./live-edge.ts";

const edgeMs = 250;
/** Where another rate makes the browser buffer anew. */
const mayChangeRate = !/^((?!chrome|android).)*safari/i.test(navigator.userAgent);

export class LiveVideo {
  readonly element: HTMLVideoElement;
  /** Paused by whoever watches in a window of its own: there it stays so until they go on. */
  #isHeld = false;

  constructor(element: HTMLVideoElement, signal: AbortSignal) {
    this.element = element;
    const edge = setInterval(this.keepEdge, edgeMs);
    signal.addEventListener("abort", () => clearInterval(edge));
    element.addEventListener("pause", () => this.#hold(this.isAside), { signal });
    for (const type of ["play", "leavepictureinpicture"]) {
      element.addEventListener(type, () => this.#hold(false), { signal });
    }
  }

  /** A browser that lets no sound begin by itself may show the picture without it. Never awaited: it waits for what is yet to come. */
  play(): void {
    this.element.play().catch((cause: unknown) => {
      if (!(cause instanceof DOMException) || cause.name !== "NotAllowedError") return;
      this.element.muted = true;
      this.element.play().catch(() => undefined);
    });
  }

  /** What a browser has paused by itself, as of a page that was hidden, goes on once it may. */
  playOn(): void {
    if (this.element.paused && !this.#isHeld && !document.hidden) this.play();
  }

  /** Of what it was given to play by itself. */
  empty(): void {
    if (!this.element.hasAttribute("src")) return;
    this.element.removeAttribute("src");
    this.element.load();
  }

  /** A list that the browser plays by itself has an edge that is the browser's. */
  readonly keepEdge = (): void => {
    const { buffered, currentTime, playbackRate, src } = this.element;
    const at = buffered.length - 1;
    if (at < 0 || this.#isHeld || !src.startsWith("blob:")) return;
    const last = { start: buffered.start(at), end: buffered.end(at) };
    const { jumpTo, rate } = edgeStep(last, currentTime, playbackRate, mayChangeRate);
    if (jumpTo !== undefined) this.element.currentTime = jumpTo;
    if (rate !== playbackRate) this.element.playbackRate = rate;
  };

  /** Pictures that never stood still have no event that says that they move. */
  get isMoving(): boolean {
    const { played, readyState } = this.element;
    return played.length > 0 && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  get isHeard(): boolean {
    const { muted, volume, paused } = this.element;
    return !muted && volume > 0 && !paused;
  }

  /** Shown in a window of its own, above whatever else is done. */
  get isAside(): boolean {
    return document.pictureInPictureElement === this.element;
  }

  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }
}
