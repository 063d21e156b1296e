/** The body of an answer that is counted on its way out, and broken off at once when its viewer may not have it any more. */

/** What was not read yet when the signal aborts is never sent. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  count: (octets: number) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const cut = (): void => {
          if (isOver) return;
          isOver = true;
          controller.error(signal.reason);
          void reader.cancel(signal.reason).catch(() => undefined);
        };
        signal.addEventListener("abort", cut, { once: true });
        if (signal.aborted) cut();
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (isOver) return;
        if (!done) {
          count(value.length);
          return controller.enqueue(value);
        }
        isOver = true;
        controller.close();
      },
      async cancel(reason) {
        isOver = true;
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
