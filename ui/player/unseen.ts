/** What nobody sees or hears is not asked for: it would take the bus, the uplink and a telephone's battery for nothing. */

/** Who only looks at another page for a moment finds everything as it was. */
const patienceMs = 10_000;

/** Calls `rest` when the page has been hidden for a while, and then once `isFollowed` (heard, or in a window of its own) holds no more. */
export function whenUnseen(isFollowed: () => boolean, rest: () => void, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    if (isFollowed()) wait();
    else rest();
  };
  const wait = (): void => {
    timer = setTimeout(look, patienceMs);
  };
  const turn = (): void => {
    clearTimeout(timer);
    if (document.hidden) wait();
  };
  document.addEventListener("visibilitychange", turn, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** Resolves when the page is seen. */
export async function seen(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

/** Resolves after so long, or with the signal. */
export const pause = (delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
