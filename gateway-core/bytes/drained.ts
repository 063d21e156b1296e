/** Back-pressure of whatever is written to. */

/** A writable stream of Node, or an answer of its HTTP. */
interface Writing {
  on(event: "drain" | "close", listener: () => void): unknown;
  off(event: "drain" | "close", listener: () => void): unknown;
}

/** Resolves when more may be written, or when the stream is gone. */
export function drained(stream: Writing): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}
