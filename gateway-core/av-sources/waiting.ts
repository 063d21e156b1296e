/** Waiting that ends with a signal. */

/** Settles as the promise does, or rejects with the signal's reason when that is aborted first. */
export async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // Whatever becomes of it when it is waited for no more.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, over]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
