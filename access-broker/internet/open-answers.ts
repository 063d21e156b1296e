/** Answers that stay open, such as event streams, end with the session that they were given to. */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";

/** How soon a session that was ended elsewhere (the command line) is noticed. */
const checkMs = 10_000;

export interface OpenAnswers extends Disposable {
  /** A signal that aborts when the session ends or the viewer leaves. It is forgotten when `closed` resolves. */
  hold(session: string, source: string, viewer: AbortSignal, closed: Promise<void>): AbortSignal;
  /** Ends all answers of a session. */
  end(session: string): void;
}

interface Open {
  readonly source: string;
  readonly ending: AbortController;
}

/** `isOpen`: whether the session may still look, from there. */
export function createOpenAnswers(
  clock: Clock,
  isOpen: (session: string, source: string) => Promise<boolean>,
): OpenAnswers {
  const open = new Map<string, Set<Open>>();
  let timer: Timer | undefined;

  const end = (session: string): void => {
    for (const { ending } of open.get(session) ?? []) ending.abort();
  };
  const check = async (): Promise<void> => {
    for (const [session, answers] of open) {
      for (const source of new Set([...answers].map((one) => one.source))) {
        if (await isOpen(session, source)) continue;
        for (const one of answers) if (one.source === source) one.ending.abort();
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
    hold(session, source, viewer, closed) {
      const ending = new AbortController();
      const answer = { source, ending };
      const answers = open.get(session) ?? new Set();
      open.set(session, answers.add(answer));
      void closed.then(() => {
        answers.delete(answer);
        if (answers.size === 0 && open.get(session) === answers) open.delete(session);
      });
      watch();
      return AbortSignal.any([viewer, ending.signal]);
    },
    end,
    [Symbol.dispose]: () => timer?.cancel(),
  };
}
