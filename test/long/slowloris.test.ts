/** Requests that are written a little at a time: each holds its connection for seconds and no longer (real time). */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "../access-broker/rig.ts";
import { dial } from "../attacks/raw-http.ts";

describe("Who writes a request a little at a time", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  /** Seconds until the broker ends the connection; a line is added each second. */
  async function secondsOf(start: string, line: string): Promise<number> {
    const socket = await dial(rig);
    const begun = performance.now();
    socket.write(start);
    const dripping = setInterval(() => socket.write(line), 1_000);
    await new Promise((resolve) => socket.resume().once("close", resolve));
    clearInterval(dripping);
    return (performance.now() - begun) / 1_000;
  }

  it("is let go in the head", async () => {
    expect(await secondsOf(`GET / HTTP/1.1\r\nHost: ${rig.authority()}\r\n`, "X-Slow: 1\r\n")).toBeLessThan(25);
  });

  it("is let go in the body", async () => {
    const head = [
      "POST /login HTTP/1.1",
      `Host: ${rig.authority()}`,
      "Content-Type: application/x-www-form-urlencoded",
    ];
    expect(await secondsOf(`${head.join("\r\n")}\r\nContent-Length: 1000\r\n\r\n`, "a")).toBeLessThan(40);
  });
});
