/** Reads a body to its end if it is short, and else hands it on with nothing lost. */

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
