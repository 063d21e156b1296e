/** The gateway as the browser sees it: answers the page's requests in the page itself, at the test's command. */

import type { Device } from "../../gateway-core/contract/device.ts";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { pageSnapshot } from "../../gateway-core/contract/page-state.ts";
import { tellSnapshot } from "../../gateway-core/page/event-stream.ts";
import { grantedState } from "../../gateway-core/page/granted-event.ts";
import { createLivePage, type LivePage } from "../../gateway-core/page/live-page.ts";
import { createPageFeed, type PageFeed } from "../../gateway-core/page/page-feed.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  answer(response: Response): void;
}

export class FakeGateway {
  readonly live: LivePage;
  readonly feed: PageFeed;
  /** Commands that came, in order; each waits for its answer. */
  readonly asked: Asked[] = [];
  /** The Last-Event-ID of each connection. */
  readonly connections: (string | null)[] = [];
  /** What connections get instead of events. */
  refusal: (() => Response) | undefined;
  /** What is answered to a question for a history, and who asked. */
  history: (url: URL) => object | Response = () => Response.json({ code: "history-off" }, { status: 503 });
  readonly histories: URL[] = [];
  trends: object = {};
  /** Of whoever connects next. */
  grant: Grant = wholeGrant;
  readonly #fetch = window.fetch;
  #cut = new AbortController();

  constructor(devices: readonly Device[]) {
    let count = 0;
    const never = { cancel: () => undefined };
    const host = {
      clock: { now: () => Date.now(), after: () => never },
      ids: { fresh: () => `id-${count++}`, fraction: () => 0.5 },
      log: { write: () => undefined },
      memory: { read: () => undefined, write: () => undefined },
    };
    this.live = createLivePage({ host });
    this.feed = createPageFeed({ host });
    this.live.onEvent((event) => this.feed.receive(event));
    this.live.receive({ type: "snapshot", devices });
    window.fetch = (input, init) => this.#answer(new Request(input, init));
  }

  /** Cuts every connection that is open. */
  cut(): void {
    this.#cut.abort();
    this.#cut = new AbortController();
  }

  close(): void {
    this.cut();
    window.fetch = this.#fetch;
  }

  #answerHistory(url: URL): Response {
    this.histories.push(url);
    const answer = this.history(url);
    return answer instanceof Response ? answer : Response.json(answer);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/api/home")) {
      if (this.refusal !== undefined) return this.refusal();
      return Response.json(tellSnapshot(pageSnapshot(grantedState(this.feed.state, this.grant))));
    }
    if (pathname.endsWith("/api/events")) {
      const lastEventId = request.headers.get("last-event-id");
      this.connections.push(lastEventId);
      if (this.refusal !== undefined) return this.refusal();
      const signal = AbortSignal.any([request.signal, this.#cut.signal]);
      return new Response(this.feed.open({ lastEventId: lastEventId ?? undefined, grant: this.grant, signal }));
    }
    if (pathname.endsWith("/api/trends")) return Response.json(this.trends);
    if (pathname.includes("/history/")) return this.#answerHistory(new URL(request.url));
    const text = await request.text();
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
    const path = pathname.replace(/^.*\/api\//, "");
    this.asked.push({ method: request.method, path, body: text === "" ? null : JSON.parse(text), answer: resolve });
    const answer = await promise;
    // As of the browser's own: what is not wanted any more is broken off in its midst.
    const body = answer.body?.pipeThrough(new TransformStream(), { signal: request.signal }) ?? null;
    return new Response(body, answer);
  }
}
