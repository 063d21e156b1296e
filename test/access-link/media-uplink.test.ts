import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createMediaUplink, type OpenStream } from "../../gateway-core/access-link/media-uplink.ts";
import { createUplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import { encodeMediaFrame, type MediaFrame, MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";
import { TwoRungStream } from "../fakes/two-rung-stream.ts";

const ticket = "abcdefghijklmnop";
let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

/** A gateway's uplink, and the connections that a broker takes of it. */
async function openUplink(open?: OpenStream) {
  const clock = new FakeClock();
  const stream = new TwoRungStream();
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    taken.push(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const media = createMediaUplink({
    ...{ clock, room: createUplinkRoom(clock), open: open ?? (async () => stream.hold()) },
    async dial() {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      return socket;
    },
  });
  opened.defer(() => {
    media.cut();
    for (const socket of taken) socket.destroy();
    server.close();
  });
  /** What the gateway says on its newest link: the ticket line, then frames. */
  const listen = async (): Promise<{ line: () => string; frames: MediaFrame[]; socket: Socket }> => {
    await expect.poll(() => taken.length).toBeGreaterThan(0);
    const socket = taken.at(-1) as Socket;
    const reader = new MediaFrameReader("gateway");
    const frames: MediaFrame[] = [];
    let line = "";
    socket.on("data", (octets: Buffer) => {
      const end = line.endsWith("\n") ? 0 : octets.indexOf(0x0a) + 1;
      line += octets.subarray(0, end).toString();
      frames.push(...reader.push(new Uint8Array(octets.subarray(end))));
    });
    return { frames, socket, line: () => line };
  };
  return { clock, stream, media, taken, listen };
}

describe("The uplink of a home", () => {
  it("presents its ticket, and then what the device sends", async () => {
    const { media, stream, listen } = await openUplink();
    stream.play(0, 1);
    await media.serve({ device: "deck", rung: "low" }, ticket);
    const { frames, line } = await listen();
    await expect.poll(() => frames.map(({ kind }) => kind)).toEqual(["head", "piece", "piece", "piece"]);
    expect([line(), frames[0]]).toMatchObject([`${ticket}\n`, { head: { rung: "low" } }]);
  });

  it("says why there is no stream, and holds nothing", async () => {
    const { media, listen } = await openUplink(async () => {
      throw new HomeError("bus-full", "no room", { inUse: ["camera"] });
    });
    await media.serve({ device: "deck" }, ticket);
    const { frames } = await listen();
    await expect
      .poll(() => frames)
      .toMatchObject([{ kind: "end", error: { code: "bus-full", details: { inUse: ["camera"] } } }]);
    await expect.poll(() => media.links).toBe(0);
  });

  it("lets the device go when the broker ends the link, or its own end is cut, and while the device is still opened", async () => {
    const { media, stream, listen, taken } = await openUplink();
    await media.serve({ device: "deck" }, ticket);
    (await listen()).socket.destroy();
    await expect.poll(() => [media.links, stream.holds, stream.followers]).toEqual([0, 0, 0]);
    await media.serve({ device: "deck" }, ticket);
    await expect.poll(() => stream.holds).toBe(1);
    media.cut();
    await expect.poll(() => [media.links, stream.holds, taken.length]).toEqual([0, 0, 2]);
    const late = Promise.withResolvers<void>();
    const slow = await openUplink(async () => {
      await late.promise;
      return stream.hold();
    });
    await slow.media.serve({ device: "deck" }, ticket);
    slow.media.cut();
    late.resolve();
    await expect.poll(() => [stream.opened, stream.holds]).toEqual([3, 0]);
  });

  it("goes on while the broker gives signs of life, and ends in its silence, with one of its own every 5 s", async () => {
    const { media, stream, clock, listen } = await openUplink();
    await media.serve({ device: "deck" }, ticket);
    const { frames, socket } = await listen();
    let octets = 0;
    for (let at = 0; at < 5; at++) {
      await clock.advance(5_000);
      await expect.poll(() => frames.filter(({ kind }) => kind === "beat").length).toBe(at + 1);
      octets += 5;
      const before = socket.bytesWritten;
      socket.write(encodeMediaFrame({ kind: "taken", octets }));
      await expect.poll(() => socket.bytesWritten).toBeGreaterThan(before);
      await settle();
    }
    expect(stream.holds).toBe(1);
    await clock.advance(15_000);
    await expect.poll(() => stream.holds).toBe(0);
  });

  it("is not moved by a broker that claims to have taken what was never sent, or speaks no such protocol", async () => {
    for (const octets of [encodeMediaFrame({ kind: "taken", octets: 1e9 }), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
      const { media, stream, listen } = await openUplink();
      stream.play(0, 1);
      await media.serve({ device: "deck" }, ticket);
      const { socket, frames } = await listen();
      await expect.poll(() => frames.length).toBeGreaterThan(2);
      socket.write(octets);
      await expect.poll(() => [media.links, stream.holds]).toEqual([0, 0]);
    }
  });

  it("is not opened without end by a broker that asks without end", async () => {
    const { media } = await openUplink();
    for (let at = 0; at < 16; at++) await media.serve({ device: "deck" }, ticket);
    await expect(media.serve({ device: "deck" }, ticket)).rejects.toMatchObject({ code: "stream-quota-reached" });
    expect(media.links).toBe(16);
  });

  it("begins nothing that it cannot carry", async () => {
    const stream = new TwoRungStream();
    const clock = new FakeClock();
    const media = createMediaUplink({
      ...{ clock, room: createUplinkRoom(clock), open: async () => stream.hold() },
      dial: () => Promise.reject(new HomeError("not-registered-broker", "somebody else answers")),
    });
    await expect(media.serve({ device: "deck" }, ticket)).rejects.toMatchObject({ code: "not-registered-broker" });
    await expect.poll(() => [media.links, stream.holds]).toEqual([0, 0]);
  });
});
