/** A viewer of a home's stream, from outside: opens a session, and reads one answer as it comes. */

import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Answer, Ask, Rig } from "./rig.ts";

export interface Watched {
  readonly status: number;
  readonly head: IncomingMessage;
  /** All octets that have come, and how many they are. */
  octets(): Buffer;
  readonly length: number;
  /** Resolves when the answer has ended, whole or cut. */
  readonly ended: Promise<"whole" | "cut">;
  /** Reads no more. */
  pause(): void;
  resume(): void;
  leave(): void;
}

/** Opens a session with a device's stream. */
export const openStream = (rig: Rig, cookie: string, device: string, more: Ask = {}): Promise<Answer> =>
  rig.ask(`/api/devices/${device}/stream`, { ...more, json: {}, headers: { cookie, ...more.headers } });

/** The same, with its pictures in the one answer. */
export const openWithVideo = (rig: Rig, cookie: string, device: string): Promise<Watched> =>
  watchAnswer(rig, cookie, `/api/devices/${device}/stream`, { json: {}, headers: { accept: "video/mp4" } });

export const sessionOf = ({ text }: Answer): string => String(JSON.parse(text).session);

export const watchStream = (rig: Rig, cookie: string, session: string, query = "", more: Ask = {}): Promise<Watched> =>
  watchAnswer(rig, cookie, `/api/streams/${session}/video${query}`, more);

/** Any answer that is read as it comes. */
export function watchAnswer(rig: Rig, cookie: string, path: string, more: Ask = {}): Promise<Watched> {
  return new Promise((resolve, reject) => {
    const options = rig.optionsOf(path, { ...more, headers: { cookie, ...more.headers } });
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
      });
      const ended = new Promise<"whole" | "cut">((settle) => {
        response.once("end", () => settle("whole"));
        response.once("error", () => settle("cut"));
        response.once("close", () => settle("cut"));
      });
      resolve({
        status: response.statusCode ?? 0,
        head: response,
        octets: () => Buffer.concat(chunks),
        get length() {
          return length;
        },
        ended,
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        leave: () => void sent.destroy(),
      });
    });
    sent.once("error", reject);
    sent.end(more.json === undefined ? undefined : JSON.stringify(more.json));
  });
}
