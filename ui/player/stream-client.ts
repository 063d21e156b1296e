/** A stream as the gateway or the access broker gives it: a session, its one long answer, and why there is none (docs/interfaces.md, streams). */

export interface Problem {
  readonly code: string;
  /** With `bus-full`: what takes the room. */
  readonly inUse?: readonly { readonly guid?: string }[];
}

export class StreamProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

export interface OpenStream {
  readonly id: string;
  readonly rungs: readonly { readonly name: string; readonly height: number }[];
}

/** `audio`: which of the device's sounds, from 1 on. @throws StreamProblem */
export async function openStream(device: string, audio: number, signal: AbortSignal): Promise<OpenStream> {
  const headers = { "content-type": "application/json" };
  const response = await ask(`api/devices/${device}/stream?audio=${audio}`, {
    method: "POST",
    headers,
    body: "{}",
    signal,
  });
  const { session, rungs } = await response.json();
  return { id: session, rungs };
}

/** The answer that goes on as long as the stream does. @throws StreamProblem */
export const watchStream = (id: string, rung: string, signal: AbortSignal): Promise<Response> =>
  ask(`api/streams/${id}/video${rung === "" ? "" : `?rung=${rung}`}`, { signal });

/** Resolves while the session stands, with how many sounds there are. @throws StreamProblem why it has ended */
export async function lookAtStream(id: string, signal: AbortSignal): Promise<{ readonly audioCount: number }> {
  return (await ask(`api/streams/${id}`, { signal })).json();
}

/** Even of a page that is being left. */
export function closeStream(id: string): void {
  fetch(`api/streams/${id}`, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, cache: "no-store" });
  if (response.ok) return response;
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new StreamProblem({
    ...problem,
    code: problem.code ?? (response.status === 401 ? "session-required" : "other"),
  });
}
