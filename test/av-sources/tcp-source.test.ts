import type { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { use } from "../use.ts";
import { madeFrames, madePackets, noise, spread } from "./made-stream.ts";
import { openSource, reading, refusal } from "./opened-source.ts";
import { type OpenServer, tcpServer } from "./web-server.ts";

const packets = madePackets({ seconds: 1 });
const at = ({ port }: OpenServer): string => `tcp://127.0.0.1:${port}`;

describe("A stream that comes by TCP", () => {
  it.each([
    ["with a time stamp before each packet", spread(packets, 4, 0)],
    ["with parity behind each packet", spread(packets, 0, 16)],
    ["from the midst of a packet on", Buffer.concat([packets.subarray(100), packets.subarray(0, 100)])],
  ])("%s is handed on as packets of 188 octets", async (_how, octets) => {
    const server = await use(tcpServer((socket) => void socket.write(octets)));
    const source = await use(openSource(at(server)));
    const read = reading(await source.watch());
    await source.passUntil(() => read.octets >= packets.length - 2 * 188);
    expect(read.octets % 188).toBe(0);
    const all = Buffer.concat(read.pieces);
    for (let packet = 0; packet < all.length; packet += 188) expect(all[packet]).toBe(0x47);
  });

  it("is DV where it begins so", async () => {
    const server = await use(tcpServer((socket) => void socket.write(madeFrames(4))));
    const source = await use(openSource(at(server)));
    const watched = await source.watch();
    const read = reading(watched);
    await source.passUntil(() => read.pieces.length === 4);
    expect([watched.form, read.pieces.map(({ length }) => length)]).toEqual([
      "dv",
      [120_000, 120_000, 120_000, 120_000],
    ]);
  });

  it("is not connected to before somebody watches, however long it waits", async () => {
    const server = await use(tcpServer(() => undefined));
    const source = await use(openSource(at(server)));
    await source.host.clock.advance(600_000);
    expect(server.count).toBe(0);
    expect(source.told("availability")).toMatchObject({ available: true });
  });

  it("that breaks off is taken up again while its viewers wait, and they are told so", async () => {
    const sockets: Socket[] = [];
    const server = await use(
      tcpServer((socket) => {
        sockets.push(socket);
        socket.write(packets);
      }),
    );
    const source = await use(openSource(at(server)));
    const watched = await source.watch();
    const read = reading(watched);
    await source.passUntil(() => read.octets === packets.length);
    sockets[0]?.resetAndDestroy();
    await source.passUntil(() => source.told("state") === "interrupted");
    expect(source.told("problem")).toBe("lost");
    await source.passUntil(() => read.octets === packets.length * 2);
    expect([source.told("state"), source.told("interruptions"), read.isOver]).toEqual(["playing", 1, false]);
    expect(watched.evidence?.()).toMatchObject({
      ...{ octets: packets.length * 2, drops: 0, interruptions: 1, losses: [] },
      breaks: [{ place: packets.length, awayMs: expect.any(Number) }],
    });
  });

  it("that stays away ends for its viewers with the reason, and may be watched again later", async () => {
    let isBack = true;
    const server = await use(
      tcpServer((socket) => {
        if (isBack) socket.end(packets);
        else socket.destroy();
        isBack = false;
      }),
    );
    const source = await use(openSource(at(server)));
    const read = reading(await source.watch());
    const begun = source.host.clock.now();
    await source.passUntil(() => read.isOver);
    expect(read.octets).toBe(packets.length);
    expect(read.thrown).toMatchObject({ code: "device-silent", details: { reason: "silent" } });
    expect(source.host.clock.now() - begun).toBeGreaterThanOrEqual(20_000);
    expect(server.count).toBeLessThan(12);
    await source.passUntil(() => source.told("state") === "failed");
    isBack = true;
    const again = reading(await source.watch());
    await source.passUntil(() => again.octets >= packets.length);
    expect(again.isOver).toBe(false);
  });

  it("whose sender falls silent, or only drips, is taken for lost", async () => {
    const server = await use(
      tcpServer((socket) => {
        socket.write(packets);
        const drip = setInterval(() => socket.write("."), 2);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const source = await use(openSource(at(server)));
    const read = reading(await source.watch());
    await source.passUntil(() => source.told("state") === "interrupted");
    expect(source.told("problem")).toBe("silent");
    expect(read.isOver).toBe(false);
  });

  it("that becomes another form, or noise, ends at once", async () => {
    const octets = [packets, madeFrames(2)];
    const server = await use(tcpServer((socket) => void socket.end(octets.shift() ?? packets)));
    const source = await use(openSource(at(server)));
    const read = reading(await source.watch());
    await source.passUntil(() => read.isOver);
    expect(read.thrown).toMatchObject({ code: "device-unavailable", details: { reason: "form-changed" } });

    const garbage = noise(1 << 20);
    const noisy = await use(
      tcpServer((socket) => {
        const more = (): void => void (socket.destroyed || socket.write(garbage, more));
        socket.write(packets, more);
      }),
    );
    const other = await use(openSource(at(noisy)));
    const heard = reading(await other.watch());
    await other.passUntil(() => heard.isOver);
    expect(heard.thrown).toMatchObject({ code: "conversion-failed", details: { reason: "no-picture" } });
    await vi.waitFor(() => expect(noisy.sockets.size).toBe(0));
  });

  it("that is no stream, or endless noise, is refused with a few octets read", async () => {
    let written = 0;
    const garbage = noise(1 << 20);
    const server = await use(
      tcpServer((socket) => {
        const more = (): void => {
          if (socket.destroyed) return;
          written += garbage.length;
          socket.write(garbage, more);
        };
        more();
      }),
    );
    const source = await use(openSource(at(server)));
    expect(await refusal(source.watch())).toMatchObject({
      code: "conversion-failed",
      details: { reason: "no-picture" },
    });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(written).toBeLessThan(32 << 20);
  });

  it("that bursts is not kept without bound for a viewer who does not read: what they get then begins anew", async () => {
    // Two megabytes in a second of its own time, faster than anybody could watch it.
    const second = madePackets({ seconds: 1, rate: 10_000 });
    let sent = 0;
    const server = await use(
      tcpServer((socket) => {
        const more = (): void => {
          if (socket.destroyed || sent >= 60 * second.length) return;
          sent += second.length;
          socket.write(second, more);
        };
        more();
      }),
    );
    const source = await use(openSource(at(server)));
    const watched = await source.watch();
    const begun = source.host.clock.now();
    await source.passUntil(() => source.host.clock.now() - begun > 12_000);
    // The sender waits: it is ahead of its own clock.
    expect(sent).toBeLessThan(60 * second.length);
    const read = reading(watched);
    await source.passUntil(() => read.octets > 0);
    expect(read.octets).toBeLessThanOrEqual(8 << 20);
    const [first] = read.pieces;
    expect((first?.[5] ?? 0) & 0x40).toBe(0x40);
    // What they did not get is on record, once for each time that there was no more room.
    const { drops, droppedOctets, losses } = watched.evidence?.() ?? {};
    expect(drops).toBeGreaterThan(0);
    expect(droppedOctets).toBeGreaterThan(8_000_000);
    expect(losses).toHaveLength(Number(drops));
  });

  it("nobody is there for: it is still offered, with what went wrong, for only watching shows that it is back", async () => {
    const server = await tcpServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const source = await use(openSource(at(server)));
    expect(await refusal(source.watch())).toMatchObject({
      code: "device-unavailable",
      details: { reason: "unreachable" },
    });
    await source.passUntil(() => source.told("problem") === "unreachable");
    expect(source.told("availability")).toMatchObject({ available: true });
  });
});
