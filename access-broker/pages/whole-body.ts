/** Reads a body to its end if it is short, and else hands it on with nothing lost. */

import { HomeError } from "../../gateway-core/contract/errors.ts";

/** `whole`: all of it; `rest`: a body that is longer than the limit, from its beginning. */
export type WholeBody = { readonly whole: Uint8Array<ArrayBuffer> } | { readonly rest: ReadableStream<Uint8Array> };

/** Rejects as the body does when it breaks off before the limit. */
export async function wholeBody(body: ReadableStream<Uint8Array> | null, limit: number): Promise<WholeBody> {
  if (body === null) return { whole: new Uint8Array(0) };
  const reader = body.getReader();
  const read: Uint8Array[] = [];
  let octets = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    read.push(piece.value);
    octets += piece.value.length;
    if (octets > limit) return { rest: goingOn(read, reader) };
  }
  return { whole: new Uint8Array(Buffer.concat(read)) };
}

/**
 * The JSON of an answer that a home gave to the broker itself: a gateway is believed only so far.
 * @throws HomeError `body-too-large`
 */
export async function shortJson(body: ReadableStream<Uint8Array> | null, limit: number): Promise<unknown> {
  const told = await wholeBody(body, limit);
  if ("whole" in told) return JSON.parse(Buffer.from(told.whole).toString("utf8"));
  await told.rest.cancel();
  throw new HomeError("body-too-large", `a home answers with at most ${limit} octets here`, { maximum: limit });
}

function goingOn(read: Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = read.shift();
        if (first !== undefined) return controller.enqueue(first);
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
