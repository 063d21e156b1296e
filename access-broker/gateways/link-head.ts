/** The head of a home's answer on the data link. */

import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** How long it may take: a command waits 2 s for its device, a slow one is told as pending. */
const headMs = 20_000;

/** Resolves with the head of the answer. */
export function headOf(stream: ClientHttp2Stream, clock: Clock): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(headMs, () => stream.close(constants.NGHTTP2_CANCEL));
    // Stays for the life of the stream: what breaks later is told by the body.
    stream.on("error", (cause) => reject(away(cause)));
    const onClose = (): void => {
      timer.cancel();
      reject(away(undefined));
    };
    stream.once("close", onClose);
    stream.once("response", (head) => {
      timer.cancel();
      // An error costs its stack, whoever hears of it.
      stream.off("close", onClose);
      resolve(head);
    });
  });
}

export const away = (cause: unknown): HomeError => new HomeError("home-away", "the home is away", {}, cause);
