/** Starts the thread that works with a FireWire card, as soon as /dev has a file of one, and tells it when /dev changes. */

import { existsSync, type FSWatcher, readdirSync, watch, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { StartCard } from "../linux-bus.ts";
import type { FromCard, ToCard } from "./card-messages.ts";

const directory = "/dev";
const deviceName = /^fw\d+$/;
/** From the sources, and from the built package, wherever its bundler has put this. */
const places = ["./card-thread.ts", "./firewire-thread.js", "../firewire-thread.js"];
const one = new BigUint64Array([1n]);

/** The names of this machine's FireWire devices in /dev. */
export function deviceFiles(): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => deviceName.test(name));
  } catch {
    return [];
  }
}

/** @param only the file whose card is meant */
export function startCard(only: string | undefined): StartCard {
  return (tell) => {
    let worker: Worker | undefined;
    let wakeFd: number | undefined;
    let ended: Promise<void> | undefined;
    /** Channels that are listened to before there is a card. */
    let early: ToCard[] = [];

    /** What is sent before the thread has told its file waits in its port, and is taken when it begins. */
    function send(message: ToCard): void {
      if (worker === undefined) early.push(message);
      else worker.postMessage(message);
      if (wakeFd !== undefined) writeSync(wakeFd, one);
    }

    const onExit = (): void => send({ do: "close" });

    function start(): void {
      const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(existsSync);
      const starting = new Worker(found ?? "", { workerData: only });
      worker = starting;
      for (const message of early) starting.postMessage(message);
      early = [];
      // A process that exits waits for its threads: this one is told at once.
      process.on("exit", onExit);
      starting.on("message", (message: FromCard) => {
        if (message.tell === "ready") wakeFd = message.wakeFd;
        else tell(message);
      });
      starting.on("error", (error) => tell({ tell: "failed", reason: error.message }));
      ended = new Promise((resolve) => {
        starting.once("exit", () => {
          process.off("exit", onExit);
          worker = undefined;
          wakeFd = undefined;
          resolve();
        });
      });
    }

    function look(): void {
      if (worker !== undefined) send({ do: "look" });
      else if (deviceFiles().length > 0) start();
    }

    const watcher = watchDevices(look);
    look();
    return {
      send,
      async end() {
        watcher?.close();
        if (worker !== undefined) send({ do: "close" });
        await ended;
      },
    };
  };
}

/** Files that come, go, or get other permissions. Undefined where it cannot be watched: what is there at the start is all, then. */
function watchDevices(look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_kind, name) => {
      if (name !== null && deviceName.test(name)) look();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
