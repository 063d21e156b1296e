import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { createPictureDesk, isPicturePath } from "../../gateway-core/delivery/picture-desk.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";
import { FakeStream } from "../fakes/fake-stream.ts";

const taro: Viewer = { name: "taro", from: "local", session: "s", grant: wholeGrant };

describe("Pictures for who cannot play a stream", () => {
  function opened() {
    const [clock, stream] = [new FakeClock(), new FakeStream()];
    const takers = new Set<{ tell: (jpeg: Uint8Array) => void; end: () => void; perSecond: number | undefined }>();
    const { handler } = createPictureDesk({
      clock,
      async open(device) {
        if (device !== "deck") throw new HomeError("bus-full", "no room on the bus");
        return stream.hold();
      },
      take(ring, perSecond, tell, end) {
        const taker = { tell, end, perSecond };
        takers.add(taker);
        if (perSecond === undefined)
          queueMicrotask(() => tell(ring === stream.rings.get("low") ? Uint8Array.of(4) : Uint8Array.of(1, 2, 3)));
        return () => void takers.delete(taker);
      },
    });
    const ask = (path: string, viewer = taro, signal?: AbortSignal) =>
      handler(new Request(`http://home/api/devices/${path}`, signal === undefined ? {} : { signal }), viewer);
    return { clock, stream, takers, ask };
  }
  const code = async (response: Response) => ((await response.json()) as { code: string }).code;

  it("are one, of whoever may watch, and the stream is let go", async () => {
    const { stream, ask } = opened();
    stream.play(1);
    const response = await ask("deck/snapshot.jpg");
    expect(response.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
    expect(stream.holds).toBe(0);
    const small = await ask("deck/snapshot.jpg?small");
    expect(new Uint8Array(await small.arrayBuffer())).toEqual(Uint8Array.of(4));
    const blind = { ...taro, grant: { devices: { deck: { access: "control" } } } } as const;
    expect(await code(await ask("deck/snapshot.jpg", blind))).toBe("not-granted");
    expect(await code(await ask("lamp/motion.jpg", blind))).toBe("unknown-device");
    expect(await code(await ask("lamp/motion.jpg"))).toBe("bus-full");
    expect([isPicturePath("/api/devices/deck/snapshot.jpg"), isPicturePath("/api/devices/deck")]).toEqual([
      true,
      false,
    ]);
  });

  it("move, made once for all who look, and end when the last has left", async () => {
    const { stream, takers, ask } = opened();
    stream.play(1);
    const [first, second] = await Promise.all([ask("deck/motion.jpg"), ask("deck/motion.jpg")]);
    expect(first.headers.get("content-type")).toBe("multipart/x-mixed-replace; boundary=picture");
    expect([takers.size, stream.holds]).toEqual([1, 1]);
    const reader = first.body?.getReader();
    if (reader === undefined) throw new Error("no body");
    const read = async () => new TextDecoder("latin1").decode((await reader.read()).value);
    expect(await read()).toBe("--picture\r\n");
    const next = read();
    for (const { tell } of takers) tell(Uint8Array.of(0x41, 0x42));
    expect(await next).toBe("Content-Type: image/jpeg\r\nContent-Length: 2\r\n\r\nAB\r\n--picture\r\n");
    await reader.cancel();
    expect(stream.holds).toBe(1);
    await second.body?.cancel();
    expect([takers.size, stream.holds]).toEqual([0, 0]);
  });

  it("of a slow viewer are fewer, never older", async () => {
    const { stream, takers, ask } = opened();
    stream.play(1);
    const reader = (await ask("deck/motion.jpg")).body?.getReader();
    if (reader === undefined) throw new Error("no body");
    for (let at = 0; at < 50; at++) for (const { tell } of takers) tell(new Uint8Array([0x30 + at]));
    await reader.read();
    expect(new TextDecoder("latin1").decode((await reader.read()).value)).toContain(
      `\r\n\r\n${String.fromCharCode(0x30 + 49)}\r\n`,
    );
  });

  it("end with the grant's window, and with the stream", async () => {
    const { clock, stream, ask } = opened();
    stream.play(1);
    const until = new Date(clock.now() + 5_000).toISOString();
    const guest = { ...taro, grant: { ...wholeGrant, window: { until } } };
    const watched = new Response((await ask("deck/motion.jpg", guest)).body).text();
    const other = new Response((await ask("deck/motion.jpg")).body).text();
    await clock.advance(7_000);
    expect(await watched).toBe("--picture\r\n");
    stream.over.resolve(new HomeError("device-unavailable", "unplugged"));
    expect(await other).toBe("--picture\r\n");
    expect([stream.holds, clock.pending]).toEqual([0, 0]);
  });

  it("say that nothing comes while the tape stands", async () => {
    const { clock, stream, ask } = opened();
    const asked = ask("deck/snapshot.jpg");
    await clock.advance(11_000);
    expect(await code(await asked)).toBe("device-silent");
    expect([stream.holds, clock.pending]).toEqual([0, 0]);
  });

  it("are awaited by each for themselves: whoever leaves takes them from nobody, and leaves nothing behind", async () => {
    const { clock, stream, takers, ask } = opened();
    const [first, second] = [new AbortController(), new AbortController()];
    const opener = ask("deck/motion.jpg", taro, first.signal);
    const left = ask("deck/motion.jpg", taro, second.signal);
    const staying = ask("deck/motion.jpg");
    await settle();
    first.abort();
    second.abort();
    stream.play(1);
    const stayed = await staying;
    expect([(await opener).ok, (await left).ok, stayed.ok]).toEqual([false, false, true]);
    expect([takers.size, stream.holds]).toEqual([1, 1]);
    await stayed.body?.cancel();
    expect([takers.size, stream.holds, clock.pending]).toEqual([0, 0, 0]);
  });

  it("that nobody awaits any more are not made", async () => {
    const { clock, stream, takers, ask } = opened();
    const leaving = new AbortController();
    const asked = ask("deck/motion.jpg", taro, leaving.signal);
    await settle();
    leaving.abort();
    expect((await asked).ok).toBe(false);
    stream.play(1);
    await settle();
    expect([takers.size, stream.holds, clock.pending]).toEqual([0, 0, 0]);
  });

  it("that have ended take nothing from those that were begun since", async () => {
    const { stream, takers, ask } = opened();
    stream.play(1);
    const before = await ask("deck/motion.jpg");
    const [ended] = takers;
    await before.body?.cancel();
    await ask("deck/motion.jpg");
    ended?.end();
    await ask("deck/motion.jpg");
    expect([takers.size, stream.holds]).toEqual([1, 1]);
  });

  it("are bounded, those that move for as long as they are looked at", async () => {
    const { stream, ask } = opened();
    stream.play(1);
    const all = await Promise.all(Array.from({ length: 33 }, () => ask("deck/motion.jpg")));
    expect(all.map(({ status }) => status)).toEqual([...Array.from({ length: 32 }, () => 200), 429]);
    expect((await ask("deck/motion.jpg")).status).toBe(429);
    await all[0]?.body?.cancel();
    expect((await ask("deck/motion.jpg")).status).toBe(200);
  });

  it("end unmade when their stream or their viewer goes while they are being made", async () => {
    const stream = new FakeStream();
    const { handler } = createPictureDesk({
      ...{ clock: new FakeClock(), open: async () => stream.hold() },
      take: () => () => undefined,
    });
    stream.play(1);
    const leaving = new AbortController();
    const path = "http://home/api/devices/deck/snapshot.jpg";
    const left = handler(new Request(path, { signal: leaving.signal }), taro);
    const lost = handler(new Request(path), taro);
    await settle();
    leaving.abort();
    expect((await left).ok).toBe(false);
    stream.over.resolve(new HomeError("device-unavailable", "unplugged"));
    expect((await lost).ok).toBe(false);
    expect(stream.holds).toBe(0);
  });
});
