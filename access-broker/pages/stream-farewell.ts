/** Event streams that end because the broker is going down: each viewer is told when to come back, not all at once (HTML Living Standard, server-sent events, `retry`). */

/** Between these a viewer comes back. */
const soonestMs = 500;
const latestMs = 6_000;

type Answer<A extends unknown[]> = (...about: A) => Promise<Response>;

export interface Farewell {
  /** How many event streams are open. */
  readonly open: number;
  wrap<A extends unknown[]>(answer: Answer<A>): Answer<A>;
  /** Ends every event stream that is open, and those that still begin. */
  say(): void;
}

/** `fraction`: a number in [0, 1) for the jitter. */
export function createFarewell(fraction: () => number): Farewell {
  const leaving = new AbortController();
  let open = 0;
  const lastWords = (): Uint8Array =>
    new TextEncoder().encode(`retry: ${Math.round(soonestMs + fraction() * (latestMs - soonestMs))}\n\n`);

  function follow(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    /** Between two events: only there may something be said. */
    let isBetween = true;
    open++;
    const { promise: left, resolve: leave } = Promise.withResolvers<"leaving">();
    const onLeave = (): void => leave("leaving");
    leaving.signal.addEventListener("abort", onLeave, { once: true });
    if (leaving.signal.aborted) onLeave();
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      open--;
      leaving.signal.removeEventListener("abort", onLeave);
    };
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const next = await Promise.race([reader.read(), left]);
            if (next === "leaving") {
              if (isBetween) controller.enqueue(lastWords());
              void reader.cancel().catch(() => undefined);
            } else if (!next.done) {
              isBetween = endsEvent(next.value);
              return controller.enqueue(next.value);
            }
            end();
            controller.close();
          } catch (thrown) {
            end();
            controller.error(thrown);
          }
        },
        cancel(reason) {
          end();
          return reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  return {
    get open() {
      return open;
    },
    wrap:
      (answer) =>
      async (...about) => {
        const whole = await answer(...about);
        const { body, headers, status } = whole;
        if (body === null || !headers.get("content-type")?.startsWith("text/event-stream")) return whole;
        return new Response(follow(body), { status, headers });
      },
    say: () => leaving.abort(),
  };
}

const endsEvent = (octets: Uint8Array): boolean => octets.at(-1) === 0x0a && octets.at(-2) === 0x0a;
