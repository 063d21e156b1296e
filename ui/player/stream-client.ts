/** A stream as the gateway or the access broker gives it: a session with its one long answer, and why there is none (docs/interfaces.md, streams). */

import { bestWay } from "./ways.ts";

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

/** How a session stands. */
export interface StandingStream {
  readonly rungs: readonly { readonly name: string; readonly height: number }[];
  readonly audioCount: number;
}

/**
 * Opens a session. Where this browser takes them, its pictures come in the same answer: nobody waits for a second.
 * `audio`: which of the device's sounds, from 1 on; `rung`: "" for whichever the line carries. @throws StreamProblem
 */
export const openStream = (device: string, audio: number, rung: string, signal: AbortSignal): Promise<Response> =>
  ask(`api/devices/${device}/stream?audio=${audio}${rung === "" ? "" : `&rung=${rung}`}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: bestWay() === "pieces" ? "video/mp4" : "application/json" },
    body: "{}",
    signal,
  });

/** The session that was opened, and whether its pictures come with it. */
export async function sessionOf(answer: Response): Promise<{ readonly id: string; readonly hasVideo: boolean }> {
  const id = answer.headers.get("location")?.split("/").at(-1);
  return id === undefined ? { id: (await answer.json()).session, hasVideo: false } : { id, hasVideo: true };
}

/** The answer that goes on as long as the stream does. @throws StreamProblem */
export const watchStream = (id: string, rung: string, signal: AbortSignal): Promise<Response> =>
  ask(`api/streams/${id}/video${rung === "" ? "" : `?rung=${rung}`}`, { signal });

/** Single pictures in one answer, of a device and not of a session: who looks needs none. @throws StreamProblem */
export const openPictures = (device: string, signal: AbortSignal): Promise<Response> =>
  ask(`api/devices/${device}/motion.jpg`, { signal });

/** Resolves when a rung has enough to begin with. @throws StreamProblem */
export const awaitSegments = (id: string, rung: string, signal: AbortSignal): Promise<Response> =>
  ask(`api/streams/${id}/${rung}/index.m3u8`, { signal });

/** Resolves while the session stands, with how. @throws StreamProblem why it has ended */
export async function lookAtStream(id: string, signal: AbortSignal): Promise<StandingStream> {
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
