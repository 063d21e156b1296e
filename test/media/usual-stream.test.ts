import { describe, expect, it } from "vitest";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { liveArguments } from "../../gateway-core/media/transcode-plan.ts";
import { boxesOf } from "../../ui/player/boxes-of.ts";
import { typeIn } from "../../ui/player/media-type.ts";
import usual from "../../ui/player/usual-stream.json" with { type: "json" };
import { ffmpeg, madeStream, outputOf } from "./clips.ts";

const head = boxesOf(usual);

describe("What a player begins with before its stream comes", () => {
  it("is a stream with a picture and a sound, as the reader of streams reads it", () => {
    const [piece] = new FragmentReader().push(head);
    expect(piece).toMatchObject({ init: { hasVideo: true, hasAudio: true, mediaType: typeIn(head) } });
  });

  it.skipIf(ffmpeg === undefined)("is what the best rung of a deck's stream is", async () => {
    const args = liveArguments({ form: "mpegts", rungs: ladder.slice(0, 1), encoder: "libx264" });
    const made = await outputOf(args, madeStream("mpegts", 1));
    const [piece] = new FragmentReader().push(made);
    if (piece === undefined || !("init" in piece)) throw new Error("no initialization segment");
    const { octets, mediaType } = piece.init;
    expect([typeIn(octets), typeIn(head)]).toEqual([mediaType, mediaType]);
  });

  it("is not known of a stream whose first boxes are not whole, and is told without a sound where there is none", () => {
    for (const length of [0, 3, 24, head.length - 1]) expect(typeIn(head.subarray(0, length))).toBeUndefined();
    const [, sound] = usual.moov;
    const silent = boxesOf({ ...usual, moov: usual.moov.filter((one) => one !== sound) });
    expect(typeIn(silent)).toBe('video/mp4; codecs="avc1.4d401e"');
  });
});
