/** Connects to whoever sends octets by TCP as soon as somebody is there. */

import { connect, type Socket } from "node:net";
import { sourceTrouble } from "./source-trouble.ts";

/** A sender that is gone without a word is noticed. */
const keepAliveMs = 15_000;

/** @throws HomeError there is no way, or the signal's reason */
export function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", (cause) => reject(sourceTrouble("unreachable", cause)));
    socket.once("close", () => signal.removeEventListener("abort", onAbort));
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      resolve(socket);
    });
  });
}
