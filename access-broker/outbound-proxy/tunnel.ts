/** A tunnel of CONNECT (RFC 9110 §9.3.6): octets both ways, counted, until a side ends or a limit is met. */

import type { Duplex } from "node:stream";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Passage } from "./gate.ts";
import { createTimeLimit, type TimeLimits } from "./time-limit.ts";

export interface TunnelOptions {
  readonly clock: Clock;
  readonly limits: TimeLimits;
  readonly onOctets: (octets: number) => void;
}

/** Joins the two; `head` is what came behind the request already. Resolves when both are closed. */
export function joinTunnel(client: Duplex, head: Uint8Array, passage: Passage, options: TunnelOptions): Promise<void> {
  const { upstream, lease } = passage;
  return new Promise((resolve) => {
    const cut = (): void => {
      limit.stop();
      client.destroy();
      upstream.destroy();
    };
    const limit = createTimeLimit(options.clock, options.limits, cut);
    const count = (chunk: Uint8Array): void => {
      limit.touch();
      options.onOctets(chunk.length);
      if (!lease.spend(chunk.length)) cut();
    };
    let open = 2;
    const onClose = (): void => {
      open -= 1;
      if (open > 0) return;
      limit.stop();
      lease.close();
      resolve();
    };
    const isGone = client.destroyed || upstream.destroyed;
    for (const [side, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      side.on("error", cut);
      if (side.closed) onClose();
      else side.once("close", onClose);
      // Who closed in good order has heard all and said all, and pipe has told the other.
      side.once("close", () => void ((side.readableEnded && side.writableFinished) || other.destroy()));
      side.on("data", count);
    }
    if (isGone) return cut();
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) {
      count(head);
      upstream.write(head);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
}
