/** A listening server with what every door of ours needs: its true port, what is open and how many octets passed, and an end in two steps. */

/** A connection of Node. */
interface Connection {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** A server of Node: `net`, `tls`, `http`, `https` or `http2`. */
interface Server<C> {
  readonly listening: boolean;
  on(event: "connection", listener: (connection: C) => void): unknown;
  on(event: "error", listener: (cause: Error) => void): unknown;
  once(event: "error", listener: (cause: Error) => void): unknown;
  off(event: "error", listener: (cause: Error) => void): unknown;
  listen(where: { readonly host: string; readonly port: number }, listening: () => void): unknown;
  address(): { readonly port: number } | string | null;
  close(closed: () => void): unknown;
}

export interface Traffic {
  /** Connections that are open now. */
  readonly open: number;
  /** Connections since the start. */
  readonly connections: number;
  /** Octets since the start, TLS and all. */
  readonly received: number;
  readonly sent: number;
}

export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly isListening: boolean;
  traffic(): Traffic;
  /** Takes no new connection; those that are open live on. */
  stop(): void;
}

/** Rejects with what `listen` says, as Node tells it; `onFailure` hears of errors later on. */
export async function listenOn<C extends Connection>(
  server: Server<C>,
  where: { readonly host: string; readonly port: number },
  onFailure: (cause: Error) => void,
): Promise<Listening> {
  const open = new Set<C>();
  let [connections, received, sent] = [0, 0, 0];
  server.on("connection", (connection) => {
    open.add(connection);
    connections++;
    connection.once("close", () => {
      open.delete(connection);
      received += connection.bytesRead;
      sent += connection.bytesWritten;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", onFailure);
  const address = server.address();
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  let isListening = true;
  const stop = (): void => {
    if (!isListening) return;
    isListening = false;
    server.close(onClosed);
  };

  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    get isListening() {
      return isListening && server.listening;
    },
    traffic: () => ({
      open: open.size,
      connections,
      received: [...open].reduce((sum, { bytesRead }) => sum + bytesRead, received),
      sent: [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, sent),
    }),
    stop,
    async [Symbol.asyncDispose]() {
      stop();
      for (const connection of open) connection.destroy();
      await closed;
    },
  };
}
