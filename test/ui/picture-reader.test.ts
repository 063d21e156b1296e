import { describe, expect, it } from "vitest";
import { PictureReader } from "../../ui/player/picture-reader.ts";

describe("Pictures in one answer that goes on", () => {
  const text = new TextEncoder();
  const octetsOf = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? text.encode(part) : part)]));
  const part = (picture: readonly number[]) =>
    octetsOf(`Content-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`, picture, "\r\n--picture\r\n");
  const [one, two] = [
    [0xff, 0xd8, 1, 13, 10, 13, 10, 0xff, 0xd9],
    [0xff, 0xd8, ...text.encode("Content-Length: 1\r\n\r\n"), 0xd9],
  ];
  const answer = octetsOf("--picture\r\n", [...part(one)], [...part(two)]);

  it("are read whole wherever the answer was cut, and what looks like a head within one is none", () => {
    for (let size = 1; size <= answer.length; size++) {
      const reader = new PictureReader();
      const read: number[][] = [];
      for (let at = 0; at < answer.length; at += size) {
        for (const picture of reader.read(answer.subarray(at, at + size))) read.push([...picture]);
      }
      expect(read).toEqual([one, two]);
    }
  });

  it("are none of what has no heads", () => {
    expect(new PictureReader().read(new Uint8Array(10_000))).toEqual([]);
  });
});
