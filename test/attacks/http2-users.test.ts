/** HTTP/2 as an attacker writes it, at the users' port (RFC 9113 §10.5, CVE-2023-44487, CVE-2024-27983). */

import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bareHost, openRig, type Rig } from "../access-broker/rig.ts";
import { dial, fields, frame, preface, types } from "./raw-http.ts";

const endHeaders = 0x04;
const endBoth = 0x05;

describe("By HTTP/2, at the users' port", () => {
  let rig: Rig;
  let cookie: string;
  let asked = 0;
  let told: unknown;
  beforeAll(async () => {
    rig = await openRig();
    await rig.join(async ({ headers }, viewer) => {
      asked++;
      told = { viewer: viewer.name, one: headers.get("x-one"), two: headers.get("x-two") };
      return new Response("page");
    });
    cookie = await rig.logIn();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    asked = 0;
  });

  const head = (over: Readonly<Record<string, string | undefined>> = {}) =>
    Object.entries({
      ":method": "GET",
      ":scheme": "https",
      ":authority": rig.authority(),
      ":path": "/things",
      cookie,
      ...over,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const ask = (stream: number, over: Parameters<typeof head>[0] = {}): Buffer =>
    frame(types.headers, endBoth, stream, fields(...head(over)));
  const isClosed = (socket: TLSSocket) =>
    new Promise<void>((resolve) => socket.resume().once("close", () => resolve()));
  /** Whoever else comes is served as ever. */
  const isServed = async (): Promise<number> => (await rig.ask("/things", { headers: { cookie } })).status;

  /** What is answered to one request: its statuses are indexed or literal, so the home's count tells. */
  async function reached(...frames: readonly Buffer[]): Promise<number> {
    const socket = await dial(rig, "h2");
    socket.write(Buffer.concat([preface, ...frames, frame(types.ping, 0, 0, Buffer.alloc(8))]));
    await Promise.race([isClosed(socket), new Promise((resolve) => setTimeout(resolve, 250))]);
    socket.destroy();
    return asked;
  }

  it("a request as it should be is relayed: what follows fails for its fault alone", async () => {
    const socket = await dial(rig, "h2");
    socket.write(Buffer.concat([preface, ask(1)]));
    await expect.poll(() => asked).toBe(1);
    socket.destroy();
  });

  it.each([
    ["for another home", { ":authority": `090-0000-0000.${bareHost}` }],
    ["whose Host contradicts it", { host: `090-0000-0000.${bareHost}` }],
    ["in upper case", { "X-Upper": "1" }],
    ["with HTTP/1's own headers", { "transfer-encoding": "chunked" }],
    ["to connect", { ":method": "CONNECT" }],
    ["to open a WebSocket that was not offered", { ":method": "CONNECT", ":protocol": "websocket" }],
    ["for a path that is none", { ":path": "things" }],
    ["without a path", { ":path": undefined }],
    ["with a length that is not its body's", { ":method": "PUT", "content-length": "5" }],
  ] as const)("a request %s reaches no home", async (_, over) => {
    expect(await reached(ask(1, over))).toBe(0);
    expect(await isServed()).toBe(200);
  });

  it.each(["1\r\ngenkan-viewer: admin", "1\ngenkan-viewer: admin", "1\0"])(
    "a value with %j in it is not there at all",
    async (value) => {
      expect(await reached(ask(1, { "x-one": value, "x-two": "kept" }))).toBe(1);
      expect(told).toMatchObject({ viewer: "hanako", one: null, two: "kept" });
    },
  );

  it("pseudo-headers that come twice, or late, reach no home", async () => {
    const twice = frame(types.headers, endBoth, 1, fields(...head(), [":path", "/api/home"]));
    const late = frame(types.headers, endBoth, 3, fields(...head({ ":path": undefined }), [":path", "/things"]));
    expect(await reached(twice)).toBe(0);
    expect(await reached(late)).toBe(0);
  });

  it("streams that are opened and reset at once end the connection, not the broker", async () => {
    const socket = await dial(rig, "h2");
    const closed = isClosed(socket);
    const pair = (at: number): Buffer =>
      Buffer.concat([
        ask(2 * at + 1, { cookie: undefined }),
        frame(types.reset, 0, 2 * at + 1, Buffer.from([0, 0, 0, 8])),
      ]);
    socket.write(Buffer.concat([preface, ...Array.from({ length: 1_200 }, (_, at) => pair(at))]));
    await closed;
    expect(await isServed()).toBe(200);
  });

  it("a head that never ends is not kept", async () => {
    const socket = await dial(rig, "h2");
    const closed = isClosed(socket);
    const bits = fields(["x-filler", "x".repeat(8_000)]);
    socket.write(Buffer.concat([preface, frame(types.headers, 0, 1, fields(...head()))]));
    for (let n = 0; n < 200 && !socket.destroyed; n++) socket.write(frame(types.more, 0, 1, bits));
    await closed;
    expect([asked, await isServed()]).toEqual([0, 200]);
  });

  it("a head larger than told is refused", async () => {
    const many = Array.from({ length: 8 }, (_, at) => [`x-${at}`, "x".repeat(3_000)] as const);
    const octets = fields(...head(), ...many);
    const rest = octets.subarray(16_000);
    expect(
      await reached(frame(types.headers, 1, 1, octets.subarray(0, 16_000)), frame(types.more, endHeaders, 1, rest)),
    ).toBe(0);
  });

  it("settings and pings without end are answered only so far", async () => {
    for (const flood of [frame(types.settings, 0, 0), frame(types.ping, 0, 0, Buffer.alloc(8))]) {
      const socket = await dial(rig, "h2");
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      // Its answers are never read.
      socket.pause();
      socket.write(preface);
      const block = Buffer.concat(Array.from({ length: 2_000 }, () => flood));
      const pour = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on("drain", pour);
      pour();
      const before = process.memoryUsage().rss;
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
      socket.destroy();
      expect(await isServed()).toBe(200);
    }
  });

  it("no more than a hundred streams are open at once", async () => {
    const socket = await dial(rig, "h2");
    const open = Array.from({ length: 400 }, (_, at) =>
      frame(
        types.headers,
        endHeaders,
        2 * at + 1,
        fields(...head({ ":method": "PUT", "content-type": "application/json" })),
      ),
    );
    let octets = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      octets = Buffer.concat([octets, chunk]);
    });
    socket.write(Buffer.concat([preface, ...open]));
    const refused = (): number =>
      framesIn(octets).filter(({ type }) => type === types.reset || type === types.goAway).length;
    await expect.poll(refused).toBeGreaterThan(0);
    expect([asked, await isServed()]).toEqual([0, 200]);
    socket.destroy();
  });
});

function framesIn(octets: Buffer): readonly { readonly type: number }[] {
  const frames: { type: number }[] = [];
  for (let at = 0; at + 9 <= octets.length; at += 9 + octets.readUIntBE(at, 3))
    frames.push({ type: octets.readUInt8(at + 3) });
  return frames;
}
