/** A gateway that means harm on its data link, with frames that no well-bred server writes: the broker bounds it, or drops that one link. */

import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { openRawGateway } from "../access-broker/gateways/raw-gateway.ts";
import { fields, frame, types } from "./raw-http.ts";

const request = {
  method: "GET",
  authority: "home.example",
  target: "/",
  headers: new Headers(),
  body: new Uint8Array(0),
  signal: new AbortController().signal,
};
const away = { code: "home-away" };
const settings = frame(types.settings, 0, 0);

const ownRequest = fields([":method", "GET"], [":path", "/"], [":scheme", "https"], [":authority", "x"]);

/** It takes the broker's settings. */
const heard = frame(types.settings, 1, 0);

/** Pours octets as fast as they are taken, for as long as they are. */
function pour(gateway: TLSSocket, block: Buffer): void {
  const more = (): void => {
    while (!gateway.destroyed && gateway.write(block));
  };
  gateway.on("drain", more);
  more();
}
const many = (octets: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => octets));

describe("A gateway's data link", () => {
  it.each([
    ["a stream of its own toward the broker", frame(types.headers, 5, 2, ownRequest)],
    ["a stream in the broker's place", frame(types.headers, 5, 99, fields([":status", "200"]))],
    ["a promise to push", frame(types.push, 4, 1, Buffer.concat([Buffer.from([0, 0, 0, 2]), ownRequest]))],
    ["a window that overflows", frame(types.window, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]))],
    ["a frame longer than agreed", frame(types.data, 0, 1, Buffer.alloc(20_000))],
    ["settings that are none", frame(types.settings, 0, 0, Buffer.alloc(5))],
    ["octets that are no HTTP/2", Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")],
  ] as const)("with %s is dropped, and only what was asked over it fails", async (_, octets) => {
    const { link, gateway } = await openRawGateway();
    gateway.resume().write(settings);
    const asked = link.request(request);
    asked.catch(() => undefined);
    // Its request is on its way before the answer is.
    await once(gateway, "data");
    gateway.write(Buffer.concat([heard, octets]));
    await expect(asked).rejects.toMatchObject(away);
    await expect.poll(() => link.isOpen).toBe(false);
    gateway.destroy();
  });

  it.each([
    ["settings", frame(types.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff]))],
    ["pings", frame(types.ping, 0, 0, Buffer.alloc(8))],
  ])("that floods with %s, whose answers it does not read, is dropped before it fills the broker", async (_, flood) => {
    const { link, gateway } = await openRawGateway();
    gateway.pause();
    gateway.write(settings);
    const before = process.memoryUsage().rss;
    pour(gateway, many(flood, 2_000));
    await expect.poll(() => link.isOpen).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    gateway.destroy();
  });

  it("that sends heads without end, or too many, is dropped", async () => {
    const { link, gateway } = await openRawGateway();
    gateway.resume().write(settings);
    const asked = link.request(request);
    asked.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    gateway.write(frame(types.headers, 0, 1, fields([":status", "200"])));
    pour(gateway, many(frame(types.more, 0, 1, fields(["x-filler", "x".repeat(8_000)])), 4));
    await expect(asked).rejects.toMatchObject(away);
    await expect.poll(() => link.isOpen).toBe(false);
    gateway.destroy();
  });

  it("that lets nothing in, by a window of nothing, holds up its own viewer for twenty seconds and nobody longer", async () => {
    const { link, gateway, clock } = await openRawGateway();
    gateway.resume().write(frame(types.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])));
    const asked = link.request({ ...request, method: "PUT", body: new Uint8Array(60_000) });
    asked.catch(() => undefined);
    await clock.advance(9_999);
    expect(link.busy).toBe(1);
    await clock.advance(20_000);
    await expect(asked).rejects.toMatchObject(away);
    await expect.poll(() => link.busy).toBe(0);
    gateway.destroy();
  });

  it("that puts line ends into a header's value says nothing by it", async () => {
    const { link, gateway } = await openRawGateway();
    gateway.resume().write(settings);
    const asked = link.request(request);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const evil = fields(
      [":status", "200"],
      ["x-evil", "1\r\nset-cookie: __Host-genkan=x"],
      ["x-bare", "1\nx: y"],
      ["x-good", "1"],
    );
    gateway.write(frame(types.headers, 5, 1, evil));
    const { headers } = await asked;
    expect([headers.get("x-evil"), headers.get("x-bare"), headers.get("set-cookie"), headers.get("x-good")]).toEqual([
      null,
      null,
      null,
      "1",
    ]);
    link.destroy();
  });

  it("that resets each stream as soon as it is opened is as good as away, each time, and keeps nothing", async () => {
    const { link, gateway } = await openRawGateway();
    gateway.resume().write(settings);
    for (let stream = 1; stream < 100; stream += 2) {
      const asked = link.request(request);
      asked.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      gateway.write(frame(types.reset, 0, stream, Buffer.from([0, 0, 0, 8])));
      await expect(asked).rejects.toMatchObject(away);
    }
    expect(link.busy).toBe(0);
    link.destroy();
  });
});
