import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { bodyOf } from "../../../access-broker/gateways/stream-body.ts";

describe("The body of a home's answer", () => {
  it("that is given up while more of it has come already says nothing of that, and harms nobody", async () => {
    let say = (_text: string): void => undefined;
    const server = createServer((_request, response) => {
      say = (text) => void response.write(text);
      say("first");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      session.destroy();
      server.close();
    });
    const failures: unknown[] = [];
    const hear = (thrown: unknown): void => void failures.push(thrown);
    process.on("uncaughtException", hear);
    onTestFinished(() => void process.off("uncaughtException", hear));
    let came = 0;
    const stream = session.request({ ":path": "/" });
    await new Promise((resolve) => stream.once("response", resolve));
    const reader = bodyOf(stream, {
      took: (octets) => {
        came += octets;
      },
      hold: () => undefined,
      [Symbol.dispose]: () => undefined,
    }).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("first");
    say("second");
    await expect.poll(() => came).toBe("firstsecond".length);
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
    await new Promise<void>((resolve) =>
      stream.closed && stream.destroyed ? resolve() : stream.once("close", resolve),
    );
    expect([failures, came]).toEqual([[], "firstsecond".length]);
  });

  it("waits in bounds for a viewer who does not read, who is told of as held, and comes whole once they do", async () => {
    const whole = 1_000_000;
    const server = createServer((_request, response) => void response.end(new Uint8Array(whole)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      session.destroy();
      server.close();
    });
    let [came, isHeld] = [0, false];
    const stream = session.request({ ":path": "/" });
    await new Promise((resolve) => stream.once("response", resolve));
    const reader = bodyOf(stream, {
      took: (octets) => {
        came += octets;
      },
      hold: (held) => {
        isHeld = held;
      },
      [Symbol.dispose]: () => undefined,
    }).getReader();
    let read = (await reader.read()).value?.length ?? 0;
    await expect.poll(() => stream.isPaused()).toBe(true);
    // No more than a frame beyond what may wait.
    expect(came - read).toBeLessThan(128 * 1024 + 16 * 1024);
    expect(isHeld).toBe(true);
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read += piece.value.length;
    expect([read, came]).toEqual([whole, whole]);
  });
});
