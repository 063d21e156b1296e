/** Streams whose programmes change, vanish or are none: what an encoder is given of them, and what is told. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JoinRing } from "../../gateway-core/media/join-ring.ts";
import { NoiseJudge } from "../../gateway-core/media/noise.ts";
import { createSourceRing } from "../../gateway-core/media/source-ring.ts";
import { madeFrames } from "../av-sources/made-stream.ts";
import { MadeMultiplex, type MadeProgram } from "./made-multiplex.ts";

const video = { pid: 0x100, type: 2 };
const audio = { pid: 0x101, type: 4 };
const first: MadeProgram = { number: 1, mapPid: 0x50, streams: [video, audio] };
const second: MadeProgram = { number: 2, mapPid: 0x60, streams: [{ pid: 0x200, type: 2 }] };

/** Its tables, a picture, and some of what follows that. */
function played(mux: MadeMultiplex, programs: readonly MadeProgram[], groups = 2): Buffer {
  mux.association(programs);
  for (const program of programs) mux.map(program);
  for (let group = 0; group < groups; group++) {
    for (const { streams } of programs) {
      for (const { pid, type } of streams) {
        if (type === 4) mux.packet(pid, Uint8Array.of(0, 0, 1, 0xc0), { isStart: true });
        else mux.picture(pid, true).picture(pid);
      }
    }
  }
  return mux.take();
}

const pidsOf = (octets: Uint8Array): number[] => {
  const pids = new Set<number>();
  for (let at = 0; at < octets.length; at += 188) {
    pids.add((((octets[at + 1] ?? 0) & 0x1f) << 8) | (octets[at + 2] ?? 0));
  }
  return [...pids].sort((a, b) => a - b);
};

describe("A programme that is followed", () => {
  it("begins an encoder anew when its streams become others, be they as many as before, and not when its table is said again", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first]));
    expect([ring.isRenewed(), ring.isReady]).toEqual([false, true]);
    ring.push(played(mux, [first]));
    expect(ring.isRenewed()).toBe(false);
    const changes: MadeProgram["streams"][] = [
      [video, { pid: 0x109, type: 4 }],
      [{ pid: 0x108, type: 2 }, audio],
      [{ ...video, type: 0x1b }, audio],
      [video],
    ];
    for (const streams of changes) {
      ring.push(
        mux
          .association([first])
          .map({ ...first, streams })
          .take(),
      );
      // What was kept is the old one's: nothing is begun with that.
      expect([ring.isRenewed(), ring.isRenewed(), ring.isReady, ring.preroll().length]).toEqual([
        true,
        false,
        false,
        0,
      ]);
      ring.push(played(mux, [{ ...first, streams }]));
      expect(pidsOf(ring.preroll())).toEqual([0, 0x50, ...streams.map(({ pid }) => pid).sort()]);
    }
  });

  it("is not left for what is only announced, or damaged", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first]));
    const next = { ...first, streams: [{ pid: 0x300, type: 2 }] };
    ring.push(mux.map(next, { isCurrent: false }).map(next, { isDamaged: true }).take());
    expect([ring.isRenewed(), ring.program?.streams.map(({ pid }) => pid)]).toEqual([false, [0x100, 0x101]]);
  });

  it("gives way to another when it vanishes, and is waited for when there is none", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first, second]));
    expect(ring.program?.number).toBe(1);
    ring.push(played(mux, [second]));
    expect([ring.program?.number, ring.isRenewed(), pidsOf(ring.preroll())]).toEqual([2, true, [0, 0x60, 0x200]]);
    const others = mux
      .association([{ number: 9, mapPid: 0x90 }])
      .packet(0x300, Uint8Array.of(1))
      .take();
    expect(ring.push(others).length).toBe(188);
    expect(ring.isRenewed()).toBe(false);
    ring.push(played(mux, [first]));
    expect([ring.program?.number, ring.isRenewed()]).toEqual([1, true]);
  });

  it("is found where several have their tables in one PID", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    const together = [first, { ...second, mapPid: first.mapPid }];
    for (let turn = 0; turn < 3; turn++) ring.push(played(mux, together));
    expect([ring.program?.number, ring.isRenewed(), ring.isReady]).toEqual([1, false, true]);
    expect(pidsOf(ring.preroll())).toEqual([0, 0x50, 0x100, 0x101]);
    const wished = new JoinRing({ program: 2 });
    for (let turn = 0; turn < 3; turn++) wished.push(played(mux, together));
    expect(pidsOf(wished.preroll())).toEqual([0, 0x50, 0x200]);
  });

  it("stays where its association has several parts, until a new one names it no more", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first]));
    for (let turn = 0; turn < 3; turn++) {
      mux.association([first], { part: 0, of: 2, version: 1 }).association([second], { part: 1, of: 2, version: 1 });
      ring.push(mux.map(second).map(first).take());
    }
    expect([ring.program?.number, ring.isRenewed()]).toEqual([1, false]);
    ring.push(mux.association([second], { version: 2 }).map(second).take());
    expect([ring.program?.number, ring.isRenewed()]).toEqual([2, true]);
  });

  it("is followed, too, where its map came before the association that names it", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    const renamed = { ...first, number: 7 };
    ring.push(played(mux, [first]));
    ring.push(mux.map(renamed).association([renamed]).map(renamed).take());
    expect([ring.program?.number, ring.isRenewed()]).toEqual([7, true]);
  });

  it("passes on nothing that is scrambled, and says how much that was since any came clear", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first]));
    for (let at = 0; at < 10; at++) mux.picture(0x100, at % 5 === 0, 2);
    expect([ring.push(mux.take()).length, ring.octetsScrambled]).toEqual([0, 1_880]);
    expect(ring.push(mux.picture(0x100, true).take()).length).toBe(188);
    expect(ring.octetsScrambled).toBe(0);
    const locked = new JoinRing();
    locked.push(mux.association([first]).map(first).picture(0x100, true, 3).take());
    expect([locked.isReady, locked.octetsScrambled]).toEqual([false, 188]);
  });

  it("keeps nothing of tables that never end", () => {
    const [mux, ring] = [new MadeMultiplex(), new JoinRing()];
    ring.push(played(mux, [first]));
    const before = ring.preroll().length;
    for (let at = 0; at < 5_000; at++) mux.packet(at % 2 === 0 ? 0 : 0x50, new Uint8Array(184).fill(0x11));
    ring.push(mux.take());
    expect([ring.preroll().length, ring.program?.number]).toEqual([before, 1]);
  });
});

describe("A stream of DV that changes", () => {
  it("begins an encoder anew at its first frame of the other number of lines", () => {
    const ring = createSourceRing("dv");
    ring.push(madeFrames(3));
    expect(ring.isRenewed()).toBe(false);
    ring.push(madeFrames(1, true));
    expect([ring.isRenewed(), ring.preroll().length]).toEqual([true, 144_000]);
    ring.push(madeFrames(2, true));
    expect(ring.isRenewed()).toBe(false);
    ring.push(madeFrames(1));
    expect([ring.isRenewed(), ring.preroll().length]).toEqual([true, 120_000]);
  });

  it("hands on no frame of which a part was not written", () => {
    const ring = createSourceRing("dv");
    const whole = madeFrames(3);
    expect(ring.push(Buffer.concat([whole.subarray(0, 170_000), whole.subarray(240_000)])).length).toBe(240_000);
    expect([ring.octetsLost, ring.octetsUnbegun]).toEqual([50_000, 0]);
  });
});

describe("What cannot be shown", () => {
  const judged = (cutting: Partial<Parameters<NoiseJudge["troubleOf"]>[1]>, octets = 1 << 20, turns = 8) => {
    const judge = new NoiseJudge();
    const told = { octetsLost: 0, octetsScrambled: 0, octetsUnbegun: 0, ...cutting };
    return Array.from({ length: turns }, () => judge.troubleOf(octets, told)).find((one) => one !== undefined);
  };

  it("is told by what was lost, scrambled or never begun", () => {
    expect(judged({})).toBeUndefined();
    expect(judged({ octetsLost: 8 << 20 })).toBe("noise");
    expect(judged({ octetsLost: 7 << 20 })).toBeUndefined();
    expect(judged({ octetsScrambled: 4 << 20 })).toBe("scrambled");
    expect(judged({ octetsUnbegun: 64 << 20 })).toBe("no-picture");
  });
});

describe("Whatever comes", () => {
  const stream = (() => {
    const mux = new MadeMultiplex();
    const parts = [[first], [first, second], [second], [{ ...first, streams: [audio] }], [first]];
    return Buffer.concat(parts.map((programs) => played(mux, programs, 4)));
  })();

  it("a ring of packets throws nothing, hands on whole packets of what it follows, and begins with tables", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(stream.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 6 }),
        (bends, sizes) => {
          const bent = Buffer.from(stream);
          for (const [at, octet] of bends) bent[at] = octet;
          const ring = new JoinRing({ longest: 20_000 });
          for (let at = 0, turn = 0; at < bent.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            const passed = ring.push(bent.subarray(at, at + size));
            expect(passed.length % 188).toBe(0);
            at += size;
          }
          const preroll = ring.preroll();
          expect(preroll.length % 188).toBe(0);
          expect(preroll.length).toBeLessThan(21_000);
          expect(preroll.length === 0 || pidsOf(preroll.subarray(0, 188))[0] === 0).toBe(true);
        },
      ),
      { numRuns: 60, seed: 13_818 },
    );
  });
});
