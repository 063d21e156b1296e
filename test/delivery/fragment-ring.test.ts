import { describe, expect, it } from "vitest";
import type { Piece } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";

describe("Those who watch one rung", () => {
  const init = (name: string): Piece => ({
    init: { octets: new TextEncoder().encode(name), mediaType: name, hasVideo: true, hasAudio: true },
  });
  const fragment = (at: number, isKey = false, size = 8): Piece => ({
    fragment: { octets: new Uint8Array(size).fill(at), isKey, start: at, duration: 1 },
  });
  const heard = async (body: ReadableStream<Uint8Array>): Promise<string[]> => {
    const pieces: string[] = [];
    for await (const octets of body)
      pieces.push(octets[0] === 0x69 ? new TextDecoder().decode(octets) : String(octets[0]));
    return pieces;
  };

  it("begin at the newest whole picture, the initialization segment before it", async () => {
    const ring = new FragmentRing();
    for (const piece of [init("init"), fragment(1, true), fragment(2), fragment(3, true), fragment(4)])
      ring.push(piece);
    const { body } = ring.watch();
    ring.push(fragment(5));
    ring.end();
    expect(await heard(body)).toEqual(["init", "3", "4", "5"]);
    expect((await ring.init()).mediaType).toBe("init");
  });

  it("skip to a whole picture when they cannot follow, and hold up nobody", async () => {
    const ring = new FragmentRing({ mostWaitingSeconds: 3 });
    ring.push(init("init"));
    const slow = ring.watch();
    const fast = ring.watch();
    const reading = heard(fast.body);
    for (let at = 1; at <= 20; at++) {
      ring.push(fragment(at, at % 5 === 1, 40_000));
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
    ring.end();
    expect(await reading).toEqual(["init", ...Array.from({ length: 20 }, (_, at) => String(at + 1))]);
    expect(slow.skippedSeconds).toBeGreaterThan(0);
    const seen = (await heard(slow.body)).slice(1).map(Number);
    expect(seen.length).toBeLessThan(20);
    const jumps = seen.filter((at, index) => index > 0 && at !== (seen[index - 1] ?? 0) + 1);
    for (const at of jumps) expect(at % 5).toBe(1);
  });

  it("are counted, and let go when they leave", async () => {
    const ring = new FragmentRing();
    const { body } = ring.watch();
    expect(ring.viewerCount).toBe(1);
    await body.cancel();
    expect(ring.viewerCount).toBe(0);
  });

  it("are to ask anew when the picture gets its sound: a player takes no other tracks than it began with", async () => {
    const ring = new FragmentRing();
    const silent: Piece = { init: { octets: Buffer.from("i0"), mediaType: "v", hasVideo: true, hasAudio: false } };
    for (const piece of [silent, fragment(1, true)]) ring.push(piece);
    const { body } = ring.watch();
    const heardOfIt = heard(body);
    await new Promise((resolve) => setImmediate(resolve));
    for (const piece of [init("init"), fragment(2, true)]) ring.push(piece);
    expect(await heardOfIt).toEqual(["i0", "1"]);
    expect(ring.viewerCount).toBe(0);
  });

  it("may follow piece by piece, what is kept first, until they stop", () => {
    const ring = new FragmentRing();
    for (const piece of [init("init"), fragment(1, true), fragment(2)]) ring.push(piece);
    const told: Piece[] = [];
    const stop = ring.follow((piece) => told.push(piece));
    ring.push(fragment(3));
    stop();
    ring.push(fragment(4));
    expect(told).toEqual([init("init"), fragment(1, true), fragment(2), fragment(3)]);
  });

  it("may follow from the oldest whole picture that is kept", () => {
    const ring = new FragmentRing();
    const pieces = [init("init"), fragment(1, true), fragment(2), fragment(3, true)];
    for (const piece of pieces) ring.push(piece);
    const [newest, oldest]: Piece[][] = [[], []];
    ring.follow((piece) => newest?.push(piece));
    ring.follow((piece) => oldest?.push(piece), true);
    expect([newest, oldest]).toEqual([[init("init"), fragment(3, true)], pieces]);
  });

  it("may follow from there though the encoder was begun anew since, each fragment after what it needs", () => {
    const ring = new FragmentRing();
    const pieces = [init("a"), fragment(1, true), fragment(2), init("b"), fragment(3, true)];
    for (const piece of pieces) ring.push(piece);
    const [newest, oldest]: Piece[][] = [[], []];
    ring.follow((piece) => newest?.push(piece));
    ring.follow((piece) => oldest?.push(piece), true);
    expect([newest, oldest]).toEqual([[init("b"), fragment(3, true)], pieces]);
  });

  it("begin with the newest encoder, and wait for its first picture, when it has only just begun", async () => {
    const ring = new FragmentRing();
    for (const piece of [init("a"), fragment(1, true), init("i-b")]) ring.push(piece);
    const { body } = ring.watch();
    ring.push(fragment(2, true));
    ring.end();
    expect(await heard(body)).toEqual(["i-b", "2"]);
    const oldest: Piece[] = [];
    ring.push(init("c"));
    ring.follow((piece) => oldest.push(piece), true);
    expect(oldest).toEqual([init("a"), fragment(1, true), init("i-b"), fragment(2, true), init("c")]);
  });

  it("get nothing of before the picture had its sound", () => {
    const ring = new FragmentRing();
    const silent: Piece = { init: { octets: Buffer.from("i0"), mediaType: "v", hasVideo: true, hasAudio: false } };
    for (const piece of [silent, fragment(1, true), init("init"), fragment(2, true)]) ring.push(piece);
    const oldest: Piece[] = [];
    ring.follow((piece) => oldest.push(piece), true);
    expect(oldest).toEqual([init("init"), fragment(2, true)]);
  });
});
