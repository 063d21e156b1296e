import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createMediaBudgets } from "../../../access-broker/media-firewall/media-budget.ts";
import { openMediaLink } from "../../../access-broker/media-firewall/media-link.ts";
import { encodeMediaFrame } from "../../../gateway-core/bytes/media-frames.ts";
import { FakeClock, settle } from "../../fakes/fake-host.ts";

/** Octets of a home's budget in a millisecond; half a second of them may come at once. */
const octetsPerMs = 100;
const limits = {
  ...{ kbpsPerHome: octetsPerMs * 8, octetsPerDay: 1e9, linksAtOnce: 2, viewersAtOnce: 9, longestSeconds: 3_600 },
};

function openLink() {
  const clock = new FakeClock();
  // What the broker says to the home is not heard here.
  const socket = new PassThrough({ transform: (_chunk, _encoding, done) => done() });
  const ends: string[] = [];
  const link = openMediaLink(socket, {
    ...{ clock, budget: createMediaBudgets(clock, limits)("090"), mostKbps: limits.kbpsPerHome, longestSeconds: 3_600 },
    onHead: () => undefined,
    onPiece: () => undefined,
    onEnd: ({ code }) => ends.push(code),
  });
  return { clock, link, ends, send: (octets: Uint8Array) => void socket.push(octets) };
}

const beat = encodeMediaFrame({ kind: "beat" });

describe("What a home sends on a media link", () => {
  it("is read as fast as its budget allows, however many frames stand in it", async () => {
    const { clock, link, ends, send } = openLink();
    // 5 kB of a thousand frames, each counted as 256 octets.
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => beat));
    send(many);
    await settle();
    send(many);
    await settle();
    expect(link.octets).toBe(many.length);
    await clock.advance(256_000 / octetsPerMs - 500 - 1);
    expect(link.octets).toBe(many.length);
    await clock.advance(1);
    expect([link.octets, ends]).toEqual([2 * many.length, []]);
  });

  it("is read as fast as its budget allows, however small the parts are that it comes in", async () => {
    const { clock, link, send } = openLink();
    let sent = 0;
    for (let second = 0; second < 3; second++) {
      for (let part = 0; part < 1_000; part++) {
        send(Uint8Array.of(beat[sent++ % beat.length] ?? 0));
        await clock.advance(1);
      }
    }
    // Half a second at once, and three seconds.
    expect(link.octets).toBeLessThan((3_500 * octetsPerMs) / 256 + 2);
  });

  it("is read without a pause at its usual rate: fragments in their slices, and signs of life between them", async () => {
    const { clock, link, ends, send } = openLink();
    const init = {
      octets: new Uint8Array(800),
      mediaType: 'video/mp4; codecs="avc1.4d401e"',
      hasVideo: true,
      hasAudio: false,
    };
    const rungs = [{ name: "high", height: 480, videoKbps: 700, audioKbps: 0 }];
    const start = [
      encodeMediaFrame({ kind: "head", head: { rungs, rung: "high", audioCount: 1 } }),
      encodeMediaFrame({ kind: "piece", piece: { init } }),
    ];
    for (const octets of start) send(octets);
    let sent = Buffer.concat(start).length;
    for (let at = 0; at < 100; at++) {
      const fragment = { octets: new Uint8Array(18_000), isKey: at % 5 === 0, start: at / 5, duration: 0.2 };
      const frames = Buffer.concat([encodeMediaFrame({ kind: "piece", piece: { fragment } }), beat]);
      for (let from = 0; from < frames.length; from += 4_096) send(frames.subarray(from, from + 4_096));
      sent += frames.length;
      await clock.advance(200);
      expect([link.octets, ends]).toEqual([sent, []]);
    }
  });
});
