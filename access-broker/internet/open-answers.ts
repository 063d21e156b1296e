/** Answers that stay open, such as event streams, end with the session that they were given to, and when it may see another part of the home. */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";

/** How soon it is noticed that a session was ended elsewhere (the command line), or that the hours of a grant are over. */
const checkMs = 10_000;

export interface OpenAnswers extends Disposable {
  /** A signal that aborts when the session ends or sees no longer the same, or the viewer leaves. It is forgotten when `closed` resolves. */
  hold(holder: Holder, viewer: AbortSignal, closed: Promise<void>): AbortSignal;
  /** Ends all answers of a session. */
  end(session: string): void;
  /** Looks now: something may have changed. */
  recheck(): Promise<void>;
}

/** Whose answer it is, and what the session saw when it was asked for. */
interface Holder {
  readonly session: string;
  readonly source: string;
  readonly sight: string | undefined;
}

interface Open extends Holder {
  readonly ending: AbortController;
}

/** `sightOf`: what the session sees now, from there. */
export function createOpenAnswers(
  clock: Clock,
  sightOf: (session: string, source: string) => Promise<string | undefined>,
): OpenAnswers {
  const open = new Map<string, Set<Open>>();
  let timer: Timer | undefined;

  const end = (session: string): void => {
    for (const { ending } of open.get(session) ?? []) ending.abort();
  };
  const check = async (): Promise<void> => {
    for (const [session, answers] of open) {
      for (const source of new Set([...answers].map((one) => one.source))) {
        const sight = await sightOf(session, source);
        for (const one of answers) {
          if (one.source === source && (sight === undefined || one.sight !== sight)) one.ending.abort();
        }
      }
    }
  };
  const watch = (): void => {
    timer ??= clock.after(checkMs, () => {
      timer = undefined;
      if (open.size === 0) return;
      watch();
      // What cannot be looked up now is looked up again soon.
      check().catch(() => undefined);
    });
  };

  return {
    hold(holder, viewer, closed) {
      const { session } = holder;
      const ending = new AbortController();
      const answer = { ...holder, ending };
      const answers = open.get(session) ?? new Set();
      open.set(session, answers.add(answer));
      // Not AbortSignal.any: its bookkeeping costs more than all else here, and each request passes.
      const leave = (): void => ending.abort();
      if (viewer.aborted) leave();
      viewer.addEventListener("abort", leave, { once: true });
      void closed.then(() => {
        viewer.removeEventListener("abort", leave);
        answers.delete(answer);
        if (answers.size === 0 && open.get(session) === answers) open.delete(session);
      });
      watch();
      return ending.signal;
    },
    end,
    recheck: check,
    [Symbol.dispose]: () => timer?.cancel(),
  };
}
