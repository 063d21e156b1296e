import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createMediaTickets } from "../../../access-broker/gateways/media-tickets.ts";
import { createMediaBudgets } from "../../../access-broker/media-firewall/media-budget.ts";
import { PieceGuard } from "../../../access-broker/media-firewall/piece-guard.ts";
import { watchedBody } from "../../../access-broker/media-firewall/watched-body.ts";
import type { DownMessage } from "../../../gateway-core/contract/link.ts";
import type { Piece } from "../../../gateway-core/contract/stream.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const init = (octets = 600): Piece => ({
  init: { octets: new Uint8Array(octets), mediaType: "video/mp4", hasVideo: true, hasAudio: true },
});
const fragment = (isKey: boolean, octets = 20_000, duration = 0.2): Piece => ({
  fragment: { octets: new Uint8Array(octets), isKey, start: 0, duration },
});
const refused = expect.objectContaining({ code: "link-message-invalid" });

describe("What a home may send as a stream", () => {
  it("is a day of pictures at its rate, encoders begun anew and all", () => {
    const guard = new PieceGuard(1_000);
    for (let at = 0; at < 24 * 60; at++) {
      if (at % 10 === 0) guard.accept(init());
      for (let part = 0; part < 5; part++) guard.accept(fragment(part === 0));
    }
    for (let part = 0; part < 40; part++) guard.accept(fragment(false));
  });

  it("is no stream of more octets than its time can have, however it is cut", () => {
    const many = new PieceGuard(1_000);
    many.accept(init());
    expect(() => {
      for (let at = 0; at < 400; at++) many.accept(fragment(true, 50_000));
    }).toThrow(refused);
    const small = new PieceGuard(1_000);
    small.accept(init());
    expect(() => {
      for (let at = 0; at < 5_000; at++) small.accept(fragment(true, 0, 0.000_001));
    }).toThrow(refused);
  });

  it("begins with an initialization segment and a whole picture, after each encoder's start too", () => {
    const guard = new PieceGuard(1_000);
    expect(() => guard.accept(fragment(true))).toThrow(refused);
    guard.accept(init());
    expect(() => guard.accept(fragment(false))).toThrow(refused);
    guard.accept(fragment(true));
    guard.accept(init());
    expect(() => guard.accept(fragment(false))).toThrow(refused);
  });
});

describe("A home's budget", () => {
  const limits = { kbpsPerHome: 800, octetsPerDay: 1e9, linksAtOnce: 2, viewersAtOnce: 9, longestSeconds: 9 };

  it("lets the start through at once and then the rate, over all links together", async () => {
    const clock = new FakeClock();
    const of = createMediaBudgets(clock, limits);
    // 100 octets a millisecond; half a second at once.
    expect(of("a").spend(50_000)).toBe(0);
    expect(of("a").spend(10_000)).toBe(100);
    expect(of("b").spend(50_000)).toBe(0);
    await clock.advance(100);
    expect(of("a").spend(0)).toBe(0);
    expect(of("a").spend(5_000)).toBe(50);
  });

  it("makes no home wait for a clock that was set back", async () => {
    const clock = new FakeClock();
    const budget = createMediaBudgets(clock, limits)("a");
    expect(budget.spend(50_000)).toBe(0);
    clock.set(clock.now() - 60 * 60_000);
    expect(budget.spend(5_000)).toBe(50);
    await clock.advance(100);
    expect(budget.spend(0)).toBe(0);
  });

  it("gives a link's place back once", () => {
    const budget = createMediaBudgets(new FakeClock(), limits)("a");
    const [one] = [budget.enter(), budget.enter()];
    expect(() => budget.enter()).toThrow(expect.objectContaining({ code: "stream-quota-reached" }));
    one?.();
    one?.();
    budget.enter();
    expect(() => budget.enter()).toThrow(expect.objectContaining({ code: "stream-quota-reached" }));
  });

  it("of homes that have sent nothing today is forgotten", async () => {
    const clock = new FakeClock();
    const of = createMediaBudgets(clock, { ...limits, octetsPerDay: 100 });
    expect(() => of("a").spend(101)).toThrow(expect.objectContaining({ code: "stream-quota-reached" }));
    await clock.advance(24 * 60 * 60_000);
    of("b").spend(1);
    expect(of("a").spend(99)).toBe(0);
  });
});

describe("A ticket for a media link", () => {
  it("is told to the home with what it is for, good once, and for some seconds", async () => {
    const clock = new FakeClock();
    const told: DownMessage[] = [];
    const tickets = createMediaTickets(clock, (message) => told.push(message));
    const ticketOf = (at: number): string => {
      const { body } = told[at] ?? {};
      return body !== undefined && "ticket" in body ? body.ticket : "";
    };
    const link = new PassThrough();
    const asked = tickets.ask({ device: "deck", rung: "low" });
    expect(told[0]).toMatchObject({ body: { protocol: "genkan-media/1", device: "deck", rung: "low" } });
    expect([tickets.take("", link), tickets.take(ticketOf(0), link), tickets.take(ticketOf(0), link)]).toEqual([
      ...[false, true, false],
    ]);
    expect(await asked).toBe(link);
    const late = expect(tickets.ask({ device: "deck" })).rejects.toMatchObject({ code: "home-away" });
    await clock.advance(8_000);
    expect(tickets.take(ticketOf(1), link)).toBe(false);
    await late;
    const many = Array.from({ length: 17 }, () => tickets.ask({ device: "deck" }));
    await expect(many[16]).rejects.toMatchObject({ code: "home-away" });
    tickets.close();
    expect((await Promise.allSettled(many)).map(({ status }) => status)).toEqual(Array(17).fill("rejected"));
    expect(new Set(told.map((_, at) => ticketOf(at))).size).toBe(told.length);
  });
});

describe("A body that is watched", () => {
  const source = (onCancel: () => void = () => undefined) =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: onCancel,
    });

  it("is counted, and what reads for it stops when the viewer leaves", async () => {
    let [octets, isCancelled] = [0, false];
    const body = watchedBody(
      source(() => {
        isCancelled = true;
      }),
      new AbortController().signal,
      (some) => {
        octets += some;
      },
    );
    const reader = body.getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect([octets, isCancelled]).toEqual([20, true]);
  });

  it("breaks off at once when it may be seen no more, and never looks whole", async () => {
    const ending = new AbortController();
    let isCancelled = false;
    const body = watchedBody(
      source(() => {
        isCancelled = true;
      }),
      ending.signal,
      () => undefined,
    );
    const reader = body.getReader();
    await reader.read();
    ending.abort();
    await expect(reader.read()).rejects.toThrow();
    expect(isCancelled).toBe(true);
    const late = watchedBody(source(), ending.signal, () => undefined).getReader();
    await expect(late.read()).rejects.toThrow();
  });

  it("ends as what it watches ends", async () => {
    const body = watchedBody(new Blob(["whole"]).stream(), new AbortController().signal, () => undefined);
    expect(await new Response(body).text()).toBe("whole");
  });
});
