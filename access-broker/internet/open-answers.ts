/** Answers that stay open, such as event streams, end with the session that they were given to. */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";

/** How soon a session that was ended elsewhere (the command line) is noticed. */
const checkMs = 10_000;

export interface OpenAnswers extends Disposable {
  /** A signal that aborts when the session ends or the viewer leaves. It is forgotten when `closed` resolves. */
  hold(session: string, viewer: AbortSignal, closed: Promise<void>): AbortSignal;
  /** Ends all answers of a session. */
  end(session: string): void;
}

export function createOpenAnswers(clock: Clock, isLive: (session: string) => Promise<boolean>): OpenAnswers {
  const open = new Map<string, Set<AbortController>>();
  let timer: Timer | undefined;

  const end = (session: string): void => {
    for (const answer of open.get(session) ?? []) answer.abort();
  };
  const check = async (): Promise<void> => {
    for (const session of open.keys()) if (!(await isLive(session))) end(session);
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
    hold(session, viewer, closed) {
      const answer = new AbortController();
      const answers = open.get(session) ?? new Set();
      open.set(session, answers.add(answer));
      void closed.then(() => {
        answers.delete(answer);
        if (answers.size === 0 && open.get(session) === answers) open.delete(session);
      });
      watch();
      return AbortSignal.any([viewer, answer.signal]);
    },
    end,
    [Symbol.dispose]: () => timer?.cancel(),
  };
}
