/** A WebSocket as the stream that MQTT runs over (MQTT 3.1.1 §6): packets may be cut and joined anywhere, and a text ends the connection. */

import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";

export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super({ autoDestroy: true });
    this.#socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (!isBinary || !(data instanceof Buffer)) socket.close(1003);
      else if (!this.push(data)) socket.pause();
    });
    socket.on("close", () => {
      if (!this.destroyed) this.push(null);
      this.destroy();
    });
    // Told by "close".
    socket.on("error", () => undefined);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(chunk, done);
  }

  /** What was written in one turn goes as one message. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#socket.close(1000);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}
