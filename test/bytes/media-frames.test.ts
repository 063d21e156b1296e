import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMediaFrame, type MediaFrame, MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const ofHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const ascii = (text: string): string => Buffer.from(text).toString("hex");
const rungs = [{ name: "high", height: 480, videoKbps: 800, audioKbps: 64 }];
const headText = '{"rungs":[{"name":"high","height":480,"videoKbps":800,"audioKbps":64}],"rung":"high","audioCount":2}';
const mediaType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';

const vectors: readonly [string, MediaFrame, string][] = [
  ["a head", { kind: "head", head: { rungs, rung: "high", audioCount: 2 } }, `01 00000064 ${ascii(headText)}`],
  [
    "an initialization segment",
    { kind: "piece", piece: { init: { octets: Uint8Array.of(9, 8), mediaType, hasVideo: true, hasAudio: false } } },
    `02 0000002e 01 2a ${ascii(mediaType)} 0908`,
  ],
  [
    "one of sound",
    {
      kind: "piece",
      piece: {
        init: { octets: new Uint8Array(0), mediaType: 'video/mp4; codecs="opus"', hasVideo: false, hasAudio: true },
      },
    },
    `02 0000001a 02 18 ${ascii('video/mp4; codecs="opus"')}`,
  ],
  [
    "a whole picture",
    {
      kind: "piece",
      piece: { fragment: { octets: Uint8Array.of(1, 2, 3), isKey: true, start: 3_600, duration: 0.2 } },
    },
    "03 0000000e 01 0000d693a400 00030d40 010203",
  ],
  [
    "what goes on from it",
    { kind: "piece", piece: { fragment: { octets: Uint8Array.of(4), isKey: false, start: 0, duration: 60 } } },
    "03 0000000c 00 000000000000 03938700 04",
  ],
  [
    "an end",
    { kind: "end", error: new HomeError("bus-full", "no room", { inUse: 2 }) },
    `04 00000031 ${ascii('{"inUse":2,"code":"bus-full","message":"no room"}')}`,
  ],
  ["a sign of life", { kind: "beat" }, "05 00000000"],
  ["what was taken", { kind: "taken", octets: 5_000_000_000 }, "06 00000006 00012a05f200"],
];
const senderOf = (frame: MediaFrame): "gateway" | "broker" => (frame.kind === "taken" ? "broker" : "gateway");
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};
const read = (text: string, from: "gateway" | "broker" = "gateway"): MediaFrame[] =>
  new MediaFrameReader(from).push(ofHex(text));

describe("A frame of the media link", () => {
  it.each(vectors)("that is %s is written and read as its vector has it", (_, frame, text) => {
    expect(hex(encodeMediaFrame(frame))).toBe(hex(ofHex(text)));
    expect(read(text, senderOf(frame))).toEqual([frame]);
  });

  it("is read however it is cut", () => {
    const stream = Buffer.concat(
      vectors.filter(([, { kind }]) => kind !== "taken").map(([, frame]) => encodeMediaFrame(frame)),
    );
    const expected = vectors.map(([, frame]) => frame).filter(({ kind }) => kind !== "taken");
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const reader = new MediaFrameReader("gateway");
        const ends = [...cuts.toSorted((a, b) => a - b), stream.length];
        const frames = ends.flatMap((end, at) => reader.push(stream.subarray(ends[at - 1] ?? 0, end)));
        expect(frames).toEqual(expected);
      }),
    );
  });

  it("of the greatest length is read octet by octet, and others behind it", () => {
    const octets = new Uint8Array(1024 * 1024 - 100).map((_, at) => at % 251);
    const long: MediaFrame = { kind: "piece", piece: { fragment: { octets, isKey: true, start: 1, duration: 0.2 } } };
    const reader = new MediaFrameReader("gateway");
    const frames: MediaFrame[] = [];
    for (const frame of [long, long, { kind: "beat" } as const]) {
      const encoded = encodeMediaFrame(frame);
      for (let at = 0; at < encoded.length; at++) frames.push(...reader.push(encoded.subarray(at, at + 1)));
    }
    expect(frames.map(({ kind }) => kind)).toEqual(["piece", "piece", "beat"]);
    for (const frame of frames.slice(0, 2)) {
      expect(
        frame.kind === "piece" && "fragment" in frame.piece && hex(frame.piece.fragment.octets) === hex(octets),
      ).toBe(true);
    }
  });

  it("is a copy of what it came in", () => {
    const octets = ofHex("03 0000000c 00 000000000000 03938700 04");
    const [frame] = new MediaFrameReader("gateway").push(octets);
    octets.fill(0xff);
    expect(frame).toMatchObject({ piece: { fragment: { octets: Uint8Array.of(4) } } });
  });

  it.each([
    ["of no kind", "07 00000000", "frame-malformed"],
    ["of kind 0", "00 00000000", "frame-malformed"],
    ["that the broker alone may send", "06 00000006 000000000001", "frame-malformed"],
    ["that claims more than its kind may hold", "03 00100001", "frame-too-long"],
    ["that claims four gigabytes", "03 ffffffff", "frame-too-long"],
    ["of life with something in it", "05 00000001", "frame-too-long"],
    ["whose text is no UTF-8", "01 00000001 ff", "frame-malformed"],
    ["whose text is no JSON", "04 00000001 7b", "frame-malformed"],
    ["whose head is empty", "01 00000002 7b7d", "link-message-invalid"],
    ["whose end is a list", "04 00000002 5b5d", "link-message-invalid"],
    ["that is an empty segment", "02 00000000", "frame-malformed"],
    ["whose segment has flags of no kind", `02 0000001a 04 18 ${ascii('video/mp4; codecs="opus"')}`, "frame-malformed"],
    ["whose type is another", `02 0000000b 01 09 ${ascii("text/html")}`, "frame-malformed"],
    ["whose type ends a header", `02 0000001c 01 1a ${ascii('video/mp4; codecs="a\r\nb: c')}`, "frame-malformed"],
    ["whose type is cut", "02 00000003 01 09 76", "frame-malformed"],
    ["whose fragment is cut", "03 0000000a 01 0000d693a400 00030d", "frame-malformed"],
    ["whose fragment has flags of no kind", "03 0000000b 02 0000d693a400 00030d40", "frame-malformed"],
    ["whose fragment lasts longer than a minute", "03 0000000b 01 0000d693a400 03938701", "frame-malformed"],
  ])("%s is refused", (_, text, code) => expect(codeOf(() => read(text))).toBe(code));

  it("of the gateway is refused from the broker, and what was taken is six octets", () => {
    for (const kind of ["01", "02", "03", "04", "05"]) {
      expect(codeOf(() => read(`${kind} 00000000`, "broker"))).toBe("frame-malformed");
    }
    expect(codeOf(() => read("06 00000003 000001", "broker"))).toBe("frame-malformed");
    expect(codeOf(() => read("06 00000007", "broker"))).toBe("frame-too-long");
  });

  it.each([
    ["longer than its kind may be", { octets: new Uint8Array(1024 * 1024), isKey: true, start: 0, duration: 1 }],
    ["before the beginning", { octets: new Uint8Array(1), isKey: true, start: -1, duration: 1 }],
    ["beyond all time", { octets: new Uint8Array(1), isKey: true, start: 2 ** 40, duration: 1 }],
    ["of no length in time", { octets: new Uint8Array(1), isKey: true, start: 0, duration: Number.NaN }],
    ["that lasts for an hour", { octets: new Uint8Array(1), isKey: true, start: 0, duration: 3_600 }],
  ])("%s is not written", (_, fragment) => {
    const code = codeOf(() => encodeMediaFrame({ kind: "piece", piece: { fragment } }));
    expect(["frame-malformed", "frame-too-long"]).toContain(code);
  });

  it("with a type that no player knows is not written", () => {
    const init = { octets: new Uint8Array(1), mediaType: "video/mp4", hasVideo: true, hasAudio: true };
    expect(codeOf(() => encodeMediaFrame({ kind: "piece", piece: { init } }))).toBe("frame-malformed");
  });

  it("that is anything at all, or a good one with a bit turned or cut off, gives frames or a typed error", () => {
    const typed = ["none", "frame-malformed", "frame-too-long", "link-message-invalid"];
    const from = fc.constantFrom("gateway" as const, "broker" as const);
    fc.assert(
      fc.property(from, fc.uint8Array({ maxLength: 200 }), (sender, octets) => {
        expect(typed).toContain(codeOf(() => new MediaFrameReader(sender).push(octets)));
      }),
    );
    const good = fc.constantFrom(...vectors.map(([, frame]) => frame));
    fc.assert(
      fc.property(good, fc.nat(), fc.nat(7), (frame, at, bit) => {
        const octets = encodeMediaFrame(frame);
        const place = at % octets.length;
        octets[place] = (octets[place] ?? 0) ^ (1 << bit);
        expect(typed).toContain(codeOf(() => new MediaFrameReader(senderOf(frame)).push(octets)));
        const cut = encodeMediaFrame(frame).subarray(0, place);
        expect(new MediaFrameReader(senderOf(frame)).push(cut)).toEqual([]);
      }),
    );
  });
});
