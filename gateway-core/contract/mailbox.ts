/** What is told at any time, read one by one by one reader: an async iterable that ends when its signal aborts. */

export interface Mailbox<T> extends AsyncIterable<T> {
  put(item: T): void;
}

/** Far more than a reader that lives lets lie; the oldest go first. */
const mostUnread = 10_000;

export function createMailbox<T>(signal: AbortSignal): Mailbox<T> {
  const unread: T[] = [];
  let wake = (): void => undefined;

  async function* read(): AsyncGenerator<T> {
    const onAbort = (): void => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const item = unread.shift();
        if (item !== undefined) yield item;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    put(item) {
      if (unread.length >= mostUnread) unread.shift();
      unread.push(item);
      wake();
    },
    [Symbol.asyncIterator]: read,
  };
}
