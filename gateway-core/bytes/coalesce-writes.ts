/** Gathers what is written to a socket in one turn of the event loop into one system call. */

/** A writable stream of Node. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * mqtt-packet corks around each packet, so that each delivery would be a system call of its own. One cork more, held
 * until the turn is over, joins them. (An `uncork` that does nothing would do too, but then `end()` never finishes.)
 */
export function coalesceWrites(socket: Corkable): void {
  const cork = socket.cork.bind(socket);
  let isHeld = false;
  socket.cork = () => {
    cork();
    if (isHeld) return;
    isHeld = true;
    cork();
    setImmediate(() => {
      isHeld = false;
      socket.uncork();
    });
  };
}
