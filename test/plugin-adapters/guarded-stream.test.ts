import { describe, expect, it } from "vitest";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { settle } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";
import { call, end, endless, type Foreign, lamp, never, openAny } from "./any-adapter.ts";
import { wallLamp } from "./wall-lamp.ts";

const failed = expect.objectContaining({ code: "adapter-failed" });

async function opened(source: unknown) {
  const any = await openAny({ stream: () => source });
  const opening = any.session.stream?.(lamp, wallLamp, call()) ?? Promise.reject(new Error("it has no streams"));
  return { ...any, opening };
}

const source = (octets: unknown, more: Foreign = {}): Foreign => ({
  ...{ form: "mpegts", octets, [Symbol.asyncDispose]: async () => undefined },
  ...more,
});

async function read(pieces: readonly unknown[]) {
  const any = await opened(
    source(
      (async function* () {
        yield* pieces;
      })(),
    ),
  );
  const stream = await any.opening;
  const found: Uint8Array[] = [];
  const reading = end(collect(stream.octets, found));
  await any.host.clock.advance(0);
  return { ...any, stream, found, reading };
}

describe("A stream of an adapter of another package", () => {
  it("is its octets, in copies of their own, and its evidence", async () => {
    const piece = new Uint8Array([1, 2, 3]);
    const { iterable } = endless([piece, Buffer.from([4]), new Uint8Array(0)]);
    const { opening } = await opened(source(iterable, { form: "dv", evidence: () => ({ lost: 1, odd: undefined }) }));
    const stream: AvSource = await opening;
    const found: Uint8Array[] = [];
    const reading = collect(stream.octets, found);
    await settle();
    piece.fill(9);
    expect([stream.form, found, stream.evidence?.()]).toEqual([
      "dv",
      [new Uint8Array([1, 2, 3]), new Uint8Array([4])],
      { lost: 1 },
    ]);
    await stream[Symbol.asyncDispose]();
    await reading;
  });

  it.each([
    ["nothing", undefined],
    ["a text", "stream"],
    ["a source of another form", source(endless().iterable, { form: "mp4" })],
    [
      "a source that throws when it is read",
      {
        get form() {
          throw new Error("a trap");
        },
      },
    ],
  ])("is refused when it is %s", async (_what, candidate) => {
    const { opening, host } = await opened(candidate);
    expect(await end(opening)).toEqual(failed);
    await settle();
    expect(host.clock.pending).toBe(0);
  });

  it("that is refused is let go of, and so is one that comes too late", async () => {
    let gone = 0;
    const counted = { [Symbol.asyncDispose]: async () => void gone++ };
    const wrong = await opened(source(endless().iterable, { form: 1, ...counted }));
    await end(wrong.opening);
    expect(gone).toBe(1);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const late = await opened(promise);
    const ended = end(late.opening);
    await late.host.clock.advance(20_000);
    expect(await ended).toEqual(failed);
    resolve(source(endless().iterable, counted));
    await settle();
    expect([gone, late.host.clock.pending]).toEqual([2, 0]);
  });

  it.each([
    ["a text", "octets"],
    ["an array", [1, 2, 3]],
    ["octets in another view", new Uint16Array(4)],
    ["more octets than any piece has", new Uint8Array(2 * 1024 * 1024 + 1)],
  ])("fails at a piece that is %s", async (_what, piece) => {
    const { reading, found } = await read([new Uint8Array([1]), piece, new Uint8Array([2])]);
    expect(await reading).toEqual(failed);
    expect(found).toHaveLength(1);
  });

  it("fails when its octets are no iterable, or throw, with what they may say", async () => {
    const { opening } = await opened(source(7));
    expect(await end(collect((await opening).octets, []))).toEqual(failed);
    const lost = Object.assign(new Error("unplugged"), { code: "device-unavailable" });
    const broken = await opened(source({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(lost) }) }));
    expect(await end(collect((await broken.opening).octets, []))).toMatchObject({ code: "device-unavailable" });
  });

  it("comes no faster than any device sends", async () => {
    let count = 0;
    const megabyte = new Uint8Array(1024 * 1024);
    const { opening, host, faults } = await opened(
      source(
        (async function* () {
          for (;;) {
            count++;
            yield megabyte;
          }
        })(),
      ),
    );
    const stream = await opening;
    const reading = (async () => {
      for await (const _ of stream.octets);
    })();
    await host.clock.advance(0);
    expect(count).toBe(32);
    await host.clock.advance(1_000);
    expect([count, faults()]).toEqual([64, [expect.stringContaining("slowed down")]]);
    await stream[Symbol.asyncDispose]();
    await reading;
    expect(host.clock.pending).toBe(0);
  });

  it("ends when it is let go of, though it neither ends nor lets go, and when the session does", async () => {
    const { iterable, state } = endless([new Uint8Array([1])]);
    const { opening, host, session } = await opened(source(iterable, { [Symbol.asyncDispose]: never }));
    const stream = await opening;
    const reading = collect(stream.octets, []);
    const gone = stream[Symbol.asyncDispose]();
    await reading;
    expect(state.isLeft).toBe(true);
    await host.clock.advance(5_000);
    await gone;
    const other = await session.stream?.(lamp, wallLamp, call());
    const following = other === undefined ? undefined : collect(other.octets, []);
    await session[Symbol.asyncDispose]();
    await following;
  });

  it("whose evidence is none tells none", async () => {
    const throwing = () => {
      throw new Error("oops");
    };
    for (const evidence of [throwing, () => 7, () => ({ big: 1n })]) {
      const { opening } = await opened(source(endless().iterable, { evidence }));
      expect((await opening).evidence?.()).toEqual({});
    }
  });
});
