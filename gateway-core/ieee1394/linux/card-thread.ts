/** The thread behind a LinuxBus: waits for its files and for messages at once, in one poll, and never in Node's own pool of threads. */

import { readSync } from "node:fs";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { HomeError } from "../../contract/errors.ts";
import { createCard } from "./card.ts";
import type { FromCard, ToCard } from "./card-messages.ts";

/** So long a process that exits in a hurry waits for its thread at most. */
const longestMs = 1_000;

async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new HomeError("internal", "this is no thread");
  const tell = (message: FromCard): void => {
    const moved = message.tell === "isochronous" ? [message.batch.octets.buffer] : [];
    port.postMessage(message, moved);
  };
  const only: unknown = workerData;
  let card: ReturnType<typeof createCard> | undefined;
  try {
    const { openLibc } = await import("./libc.ts");
    const libc = openLibc();
    const wakeFd = libc.wakeFile();
    tell({ tell: "ready", wakeFd });
    card = createCard({ calls: libc, tell, only: typeof only === "string" ? only : undefined });
    const wakes = new Uint8Array(8);
    for (;;) {
      const ready = libc.poll([wakeFd, ...card.fds()], Math.min(longestMs, card.patienceMs() ?? longestMs));
      if (ready.some(({ fd }) => fd === wakeFd)) readSync(wakeFd, wakes);
      // Written with the message: what is waiting here is whole.
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        const message: ToCard = next.message;
        if (message.do === "close") return card.close();
        card.take(message);
      }
      card.step(ready.filter(({ fd }) => fd !== wakeFd));
    }
  } catch (thrown) {
    tell({ tell: "failed", reason: thrown instanceof Error ? thrown.message : String(thrown) });
    // Its files would stay open as long as the process lives, and reserved what the kernel keeps for them.
    card?.close();
  }
}

void run();
