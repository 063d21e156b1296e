/** A line that a test cuts and mends: a TCP relay in front of a server on loopback. */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface CutLine extends AsyncDisposable {
  readonly port: number;
  /** Connections that are open now. */
  readonly count: number;
  /** Breaks every connection off, and lets none through until it is mended. */
  cut(): void;
  /** Passes nothing on, and breaks nothing off, until it is mended. */
  freeze(): void;
  mend(): void;
}

export async function cutLine(port: number): Promise<CutLine> {
  const open = new Set<Socket>();
  let state: "whole" | "cut" | "frozen" = "whole";
  const server = createServer((near) => {
    if (state === "cut") return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const end = (): void => {
      for (const one of [near, far]) {
        open.delete(one);
        one.destroy();
      }
    };
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", end).on("close", end);
      one.on("data", (octets) => {
        if (!other.write(octets)) one.pause();
      });
      other.on("drain", () => state !== "frozen" && one.resume());
      if (state === "frozen") one.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return open.size / 2;
    },
    cut() {
      state = "cut";
      for (const one of open) one.destroy();
    },
    freeze() {
      state = "frozen";
      for (const one of open) one.pause();
    },
    mend() {
      state = "whole";
      for (const one of open) one.resume();
    },
    async [Symbol.asyncDispose]() {
      state = "cut";
      for (const one of open) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
