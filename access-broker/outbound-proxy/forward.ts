/** A request in absolute-form, sent on over a connection of its own; the answer streams back. Nothing is kept, and no redirection is followed. */

import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Passage } from "./gate.ts";
import { headersBack, headersOnward } from "./proxy-headers.ts";
import { silent } from "./reach.ts";
import { authorityOf } from "./target.ts";
import { createTimeLimit, type TimeLimits } from "./time-limit.ts";

export interface ForwardOptions {
  readonly clock: Clock;
  readonly limits: TimeLimits;
  readonly longestHead: number;
  readonly onOctets: (octets: number) => void;
}

/**
 * Resolves when the answer is whole, or the client has left.
 * @throws HomeError `proxy-target-away`, `proxy-target-silent`, while nothing has been answered.
 */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  passage: Passage,
  options: ForwardOptions,
): Promise<void> {
  const { upstream, lease, target } = passage;
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    const finish = (failure?: HomeError): void => {
      if (isOver) return;
      isOver = true;
      limit.stop();
      lease.close();
      upstream.destroy();
      if (failure !== undefined && !outgoing.headersSent && !outgoing.destroyed) {
        reject(failure);
        return;
      }
      // What broke off must not look whole.
      if (!outgoing.writableFinished) outgoing.destroy();
      resolve();
    };
    const limit = createTimeLimit(options.clock, options.limits, () => finish(silent()));
    const count = (chunk: Uint8Array): void => {
      limit.touch();
      options.onOctets(chunk.length);
      if (!lease.spend(chunk.length)) finish(broken("quota"));
    };
    outgoing.once("close", () => finish());
    if (outgoing.destroyed || upstream.destroyed) return finish(broken("closed"));

    const sent = request({
      createConnection: () => upstream,
      method: incoming.method ?? "GET",
      path: target.path,
      headers: headersOnward(incoming.rawHeaders, authorityOf(target)),
      setHost: false,
      maxHeaderSize: options.longestHead,
    });
    sent.on("error", (cause) => finish(broken(cause)));
    sent.once("close", () => {
      if (!outgoing.headersSent) finish(broken("no answer"));
    });
    sent.once("response", (answer) => {
      answer.on("error", (cause) => finish(broken(cause)));
      answer.once("close", () => {
        if (!answer.complete) finish(broken("cut"));
      });
      try {
        const { statusCode = 0 } = answer;
        // A server behind the proxy may not ask for the proxy's credential.
        if (statusCode === 407 || statusCode < 200 || statusCode > 599) throw broken(`status ${statusCode}`);
        outgoing.writeHead(statusCode, headersBack(answer.rawHeaders));
      } catch (thrown) {
        return finish(thrown instanceof HomeError ? thrown : broken(thrown));
      }
      outgoing.flushHeaders();
      answer.on("data", count);
      answer.pipe(outgoing);
    });
    incoming.on("data", count);
    incoming.pipe(sent);
  });
}

const broken = (cause: unknown): HomeError =>
  new HomeError("proxy-target-away", "that server gave no answer that can be read", {}, cause);
