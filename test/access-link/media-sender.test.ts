import { describe, expect, it } from "vitest";
import { MediaSender } from "../../gateway-core/access-link/media-sender.ts";
import { createUplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import { type MediaFrame, MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";
import { TwoRungStream } from "../fakes/two-rung-stream.ts";

/** A line that takes what it is told to. */
function openLine(stream: TwoRungStream, wished?: string) {
  const clock = new FakeClock();
  const reader = new MediaFrameReader("gateway");
  const frames: MediaFrame[] = [];
  let [sent, isEnded] = [0, false];
  const hold = stream.hold();
  const sender = new MediaSender({
    ...{ clock, hold, wished, room: createUplinkRoom(clock) },
    write(octets) {
      sent += octets.length;
      frames.push(...reader.push(new Uint8Array(octets)));
      return true;
    },
    onEnd: () => {
      isEnded = true;
    },
  });
  /** `high 3` for the fragment that begins at three seconds, `+` where it may be begun with. */
  const told = (): string[] =>
    frames.flatMap((frame) => {
      if (frame.kind === "head") return [`head ${frame.head.rung}`];
      if (frame.kind === "end") return [`end ${frame.error.code}`];
      if (frame.kind !== "piece") return [frame.kind];
      if ("init" in frame.piece) return ["init"];
      const { octets, start, isKey } = frame.piece.fragment;
      return [`${octets[0] === 1 ? "high" : "low"} ${start}${isKey ? "+" : ""}`];
    });
  return {
    ...{ clock, sender, frames, told },
    takeAll: () => sender.taken(sent),
    get isEnded() {
      return isEnded;
    },
  };
}

describe("A stream on its way to the access broker", () => {
  it("begins with its rungs, then the initialization segment, then the newest whole picture", async () => {
    const stream = new TwoRungStream();
    stream.play(0, 3);
    const line = openLine(stream);
    await settle();
    expect(line.told()).toEqual(["head high", "init", "high 2+", "high 2.5"]);
    expect(line.frames[0]).toMatchObject({ head: { rungs: stream.rungs } });
    stream.play(3, 4);
    expect(line.told().slice(4)).toEqual(["high 3+", "high 3.5"]);
  });

  it("says how many sounds there are, and anew when that has changed", async () => {
    const stream = new TwoRungStream();
    stream.audioCount = 0;
    const line = openLine(stream);
    await settle();
    stream.play(0, 1);
    stream.audioCount = 2;
    stream.play(1, 2);
    expect(line.told()).toEqual(["head high", "init", "high 0+", "high 0.5", "head high", "high 1+", "high 1.5"]);
    expect([line.frames[0], line.frames[4]]).toMatchObject([{ head: { audioCount: 0 } }, { head: { audioCount: 2 } }]);
  });

  it("waits for a whole picture when none is there yet", async () => {
    const stream = new TwoRungStream();
    const line = openLine(stream, "low");
    await settle();
    expect(line.told()).toEqual(["head low"]);
    stream.play(0.5, 2);
    expect(line.told()).toEqual(["head low", "init", "low 1+", "low 1.5"]);
  });

  it("goes over to the lower rung where it does not drain, leaving no picture out and showing none twice", async () => {
    const stream = new TwoRungStream({ octets: { high: 60_000, low: 4_000 } });
    stream.play(0, 1);
    const line = openLine(stream);
    await settle();
    stream.play(1, 3);
    await settle();
    // The line is free again.
    for (let turn = 0; turn < 20; turn++) line.takeAll();
    stream.play(3, 4);
    for (let turn = 0; turn < 20; turn++) line.takeAll();
    const told = line.told().filter((one) => !one.startsWith("beat"));
    expect(told[0]).toBe("head high");
    expect(told).toContain("head low");
    const starts = told.flatMap((one) =>
      /^(?:high|low) /.test(one) ? [Number.parseFloat(one.split(" ")[1] ?? "")] : [],
    );
    expect(starts).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
    expect(told.slice(told.indexOf("head low"))).toEqual([
      "head low",
      "init",
      ...starts.filter((at) => at >= 2).map((at) => `low ${at}${Number.isInteger(at) ? "+" : ""}`),
    ]);
    expect(line.sender.rung).toBe("low");
    // Long after, it tries the better one again, at a whole picture.
    await line.clock.advance(16_000);
    line.sender.beat();
    await settle();
    stream.play(4, 6);
    for (let turn = 0; turn < 40; turn++) line.takeAll();
    expect(line.told().slice(-7)).toEqual(["beat", "head high", "init", "high 4+", "high 4.5", "high 5+", "high 5.5"]);
    expect(line.sender.skippedSeconds).toBe(0);
  });

  it("leaves out what cannot be sent, up to the newest whole picture, and keeps no more than some seconds", async () => {
    const stream = new TwoRungStream({ octets: { high: 60_000, low: 60_000 } });
    const line = openLine(stream, "low");
    await settle();
    let most = 0;
    for (let at = 0; at < 60; at++) {
      stream.play(at, at + 1);
      most = Math.max(most, line.sender.waiting);
    }
    expect(most).toBeLessThanOrEqual(3.5);
    expect(line.sender.skippedSeconds).toBeGreaterThan(50);
    for (let turn = 0; turn < 200; turn++) line.takeAll();
    stream.play(60, 61);
    for (let turn = 0; turn < 200; turn++) line.takeAll();
    const starts = line.told().filter((one) => one.startsWith("low "));
    starts.forEach((one, at) => {
      const [before, now] = [starts[at - 1], one].map((each) => Number.parseFloat(each?.split(" ")[1] ?? "0"));
      if (at > 0 && (now ?? 0) - (before ?? 0) > 0.5) expect(one).toMatch(/\+$/);
    });
    expect(starts.at(-1)).toBe("low 60.5");
  });

  it("ends with the reason, behind what waits, and lets the stream go on for others", async () => {
    const stream = new TwoRungStream();
    stream.play(0, 1);
    const line = openLine(stream);
    await settle();
    stream.end(new HomeError("device-unavailable", "unplugged"));
    await settle();
    expect([line.told().at(-1), line.isEnded]).toEqual(["end device-unavailable", true]);
    stream.play(1, 2);
    expect(line.told().at(-1)).toBe("end device-unavailable");
    expect(stream.followers).toBe(0);
  });

  it("ends by itself, and harms nobody, when a piece is more than a frame can say", async () => {
    const stream = new TwoRungStream({ octets: { high: 2 * 1024 * 1024, low: 10 } });
    stream.play(0, 1);
    const [line, other] = [openLine(stream), openLine(stream, "low")];
    await settle();
    stream.play(1, 2);
    expect(line.told()).toEqual(["head high", "init", "end conversion-failed"]);
    expect(other.told().at(-1)).toBe("low 1.5");
  });

  it("says nothing more once it was let go, whatever still comes", async () => {
    const stream = new TwoRungStream();
    const line = openLine(stream);
    line.sender[Symbol.dispose]();
    await settle();
    stream.play(0, 1);
    line.sender.beat();
    expect([line.told(), stream.followers]).toEqual([["head high"], 0]);
  });
});
