/** Reads how a connection begins, for a judge that must see it before whoever serves it. */

import type { Clock } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { joinOctets } from "./join-octets.ts";

/** How long whoever connects may take. */
const patienceMs = 5_000;

/** A readable stream of Node. */
interface Beginning {
  read(): unknown;
  unshift(octets: Uint8Array): void;
  on(event: "readable" | "close", listener: () => void): this;
  off(event: "readable" | "close", listener: () => void): this;
}

/**
 * The first octets of a connection; what follows them stays in it.
 * `lengthOf` tells how many are wanted, undefined while it cannot tell, and throws for what is wrong already.
 * @throws HomeError `link-message-invalid` when they do not come within 5 s, and what `lengthOf` throws.
 */
export function readStart(
  socket: Beginning,
  clock: Clock,
  lengthOf: (octets: Uint8Array) => number | undefined,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let seen: Uint8Array = new Uint8Array(0);
    const settle = (act: () => void): void => {
      timer.cancel();
      socket.off("readable", onReadable).off("close", onClose);
      act();
    };
    const fail = (reason: string): void => settle(() => reject(new HomeError("link-message-invalid", reason)));
    const onClose = (): void => fail("it closed before it spoke");
    const onReadable = (): void => {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Uint8Array)) return;
      seen = joinOctets(seen, chunk);
      try {
        const length = lengthOf(seen);
        if (length === undefined || seen.length < length) return;
        settle(() => {
          if (seen.length > length) socket.unshift(seen.subarray(length));
          resolve(seen.subarray(0, length));
        });
      } catch (thrown) {
        settle(() => reject(toHomeError(thrown)));
      }
    };
    const timer = clock.after(patienceMs, () => fail(`nothing whole came within ${patienceMs} ms`));
    socket.on("readable", onReadable).on("close", onClose);
    onReadable();
  });
}
