/** The home as the browser knows it: follows the gateway's events and comes back by itself. */

import type { Json } from "../gateway-core/contract/json.ts";
import type { PageEvent } from "../gateway-core/contract/page.ts";
import { applyPageEvent, emptyPage, type PageState } from "../gateway-core/contract/page-state.ts";
import { EventReader, type ServerEvent } from "./event-reader.ts";
import { nextTask } from "./next-task.ts";
import { hearSnapshot, parsePageEvent, parseSnapshot } from "./page-event.ts";

/** `lost`: no connection; `away`: the access broker does not reach the home; `not-wired`: the flow wires nothing to the page. */
export type Reach = "connecting" | "fine" | "lost" | "away" | "not-wired";

const firstRetryMs = 500;
const lastRetryMs = 30_000;
/** The gateway speaks every 15 s; twice that without a word and the line is dead. */
const silenceMs = 30_000;
/** A short gap is no news for a person. */
const noticeMs = 1_500;
const hiddenMs = 60_000;

export class LiveDevices {
  state: PageState = emptyPage;
  reach: Reach = "connecting";
  readonly #listeners = new Set<(event: PageEvent | undefined) => void>();
  #lastEventId: string | undefined;
  /** `<epoch>:<seq>` of what the page shows before the first news. */
  #shown = "";
  #retries = 0;
  #connection: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #notice: ReturnType<typeof setTimeout> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  /** Calls the listener with each event, and with undefined when only the reach changed. */
  subscribe(listener: (event: PageEvent | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** `shown`: the stamp of what was printed, which is then told all that happened since. */
  start(shown = ""): void {
    this.#shown = shown;
    document.addEventListener("visibilitychange", this.#onVisibility);
    for (const type of ["pageshow", "online"]) window.addEventListener(type, this.#wake);
    void this.#connect();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    for (const type of ["pageshow", "online"]) window.removeEventListener(type, this.#wake);
    clearTimeout(this.#timer);
    clearTimeout(this.#notice);
    clearTimeout(this.#hiding);
    this.#connection?.abort();
    this.#connection = undefined;
  }

  /** What an answer to a command told before its event came. */
  learn(device: string, property: string, value: Json): void {
    const { epoch, seq } = this.state;
    this.#take({ type: "change", epoch, seq, device, property, value, at: Date.now() });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    const connection = new AbortController();
    this.#connection = connection;
    const silence = new Silence(connection);
    try {
      if (this.#lastEventId === undefined) await this.#begin(connection.signal);
      if (this.#lastEventId !== undefined) await this.#follow(connection.signal, silence);
    } catch {
      // Refused, cut, or silent for too long: all the same, come back.
    } finally {
      silence.end();
    }
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#notice ??= setTimeout(() => this.#setReach(this.reach === "fine" ? "lost" : this.reach), noticeMs);
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** this.#retries++) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.#connect(), delayMs);
  }

  /** The whole home first, by an answer that comes compressed and that the page has asked for already (`preload`). */
  async #begin(signal: AbortSignal): Promise<void> {
    const response = await fetch("api/home", { signal });
    if (!response.ok) return await this.#refused(response);
    const text = await response.text();
    // To receive a large home, to read it and to build it are each as much as a slow telephone should do at a stretch.
    await nextTask();
    const told = parseSnapshot(text);
    await nextTask();
    const snapshot = hearSnapshot(told);
    const { epoch, seq } = snapshot;
    // Some of it may be told twice, but nothing that was printed stays there when it is no longer so.
    this.#learnEvent(snapshot, this.#shown.startsWith(`${epoch}:`) ? this.#shown : `${epoch}:${seq}`);
  }

  async #follow(signal: AbortSignal, silence: Silence): Promise<void> {
    const headers: HeadersInit = { "last-event-id": this.#lastEventId ?? "" };
    const response = await fetch("api/events", { headers, signal, cache: "no-store" });
    if (!response.ok || response.body === null) return await this.#refused(response);
    clearTimeout(this.#notice);
    this.#notice = undefined;
    this.#setReach("fine");
    const reader = new EventReader();
    for await (const text of textOf(response.body)) {
      silence.heard();
      for (const event of reader.read(text)) this.#receive(event);
    }
  }

  async #refused(response: Response): Promise<void> {
    const problem: { readonly code?: string } = await response.json().catch(() => ({}));
    // Whoever keeps the door shows its login, or in words why there is nothing to see.
    if (response.status === 401 || problem.code === "not-granted") return location.reload();
    if (problem.code === "home-away") this.#setReach("away");
    else if (problem.code === "page-not-wired") this.#setReach("not-wired");
    else if (this.#retries > 0) this.#setReach("lost");
  }

  #receive(message: ServerEvent): void {
    this.#retries = 0;
    if (message.type === "home-away") this.#setReach("away");
    const event = parsePageEvent(message);
    if (event !== undefined) this.#learnEvent(event, message.id);
  }

  #learnEvent(event: PageEvent, id: string | undefined): void {
    this.#retries = 0;
    this.#lastEventId = id;
    this.reach = "fine";
    this.#take(event);
  }

  #take(event: PageEvent): void {
    this.state = applyPageEvent(this.state, event);
    for (const listener of this.#listeners) listener(event);
  }

  #setReach(reach: Reach): void {
    if (reach === this.reach) return;
    this.reach = reach;
    for (const listener of this.#listeners) listener(undefined);
  }

  /** A hidden tab lets its connection go: six of them would block the seventh, and phones sleep. */
  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiding);
    if (document.visibilityState === "visible") this.#wake();
    else this.#hiding = setTimeout(this.#sleep, hiddenMs);
  };

  readonly #sleep = (): void => {
    clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.abort();
  };

  readonly #wake = (): void => {
    if (this.#connection !== undefined || document.visibilityState === "hidden") return;
    this.#retries = 0;
    void this.#connect();
  };
}

/** Ends a connection of which nothing is heard. */
class Silence {
  readonly #connection: AbortController;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: AbortController) {
    this.#connection = connection;
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connection.abort(), silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    yield decoder.decode(piece.value, { stream: true });
  }
}
