/**
 * Run by benches: a line between a home and the access broker with a delay each way and, towards the broker, a rate; all
 * connections share it, and what waits is never dropped. Argument: a Line as JSON; prints its port as a line of JSON, and
 * takes another rate as a line of its input.
 */

import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface Line {
  readonly to: number;
  readonly oneWayMs: number;
  /** Without it as fast as it comes. */
  readonly upOctetsPerSecond?: number;
}

/** What leaves at once is no longer than a few packets. */
const longestPiece = 8 * 1024;

interface Piece {
  readonly at: number;
  readonly octets: Uint8Array;
  readonly to: Socket;
}

/** One direction: pieces leave one after the other, and arrive after the delay. */
function createWay(delayMs: number, rate: () => number): (octets: Uint8Array, to: Socket) => void {
  const waiting: Piece[] = [];
  let freeAt = 0;
  let isWaiting = false;
  const deliver = (): void => {
    const now = performance.now();
    let count = 0;
    for (const { at, octets, to } of waiting) {
      if (at > now) break;
      count++;
      to.write(octets);
    }
    waiting.splice(0, count);
    const [next] = waiting;
    isWaiting = next !== undefined;
    if (next !== undefined) setTimeout(deliver, Math.max(0, next.at - performance.now()));
  };
  return (octets, to) => {
    for (let from = 0; from < octets.length; from += longestPiece) {
      const some = octets.subarray(from, from + longestPiece);
      freeAt = Math.max(freeAt, performance.now()) + (1_000 * some.length) / rate();
      waiting.push({ at: freeAt + delayMs, octets: some, to });
    }
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(deliver, Math.max(0, (waiting[0]?.at ?? 0) - performance.now()));
  };
}

const { to, oneWayMs, upOctetsPerSecond = Number.POSITIVE_INFINITY } = JSON.parse(process.argv[2] ?? "") as Line;
let upRate = upOctetsPerSecond;
createInterface(process.stdin)
  .on("line", (line) => {
    upRate = Number(line);
  })
  // Whoever began it is gone, however they went.
  .once("close", () => process.exit(0));
const up = createWay(oneWayMs, () => upRate);
const down = createWay(oneWayMs, () => Number.POSITIVE_INFINITY);
const server = createServer({ noDelay: true }, (home) => {
  const broker = connect({ port: to, host: "127.0.0.1", noDelay: true });
  home.on("data", (octets) => up(octets, broker));
  broker.on("data", (octets) => down(octets, home));
  for (const [one, other] of [
    [home, broker],
    [broker, home],
  ] as const) {
    one.on("error", () => undefined);
    one.once("close", () => other.destroy());
  }
}).listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ port, pid: process.pid })}\n`);
});
