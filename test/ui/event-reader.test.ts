import { describe, expect, it } from "vitest";
import { EventReader } from "../../ui/event-reader.ts";

const text = ':\n\nid: e:1\nevent: change\ndata: {"a":1}\n\ndata: one\ndata: two\n\nevent: reset\ndata: {}\n\n';
const events = [
  { id: "e:1", type: "change", data: '{"a":1}' },
  { id: undefined, type: "message", data: "one\ntwo" },
  { id: undefined, type: "reset", data: "{}" },
];

describe("Events out of pieces of text", () => {
  it.each([1, 2, 3, 7, text.length])("are the same, however it was cut: every %i", (length) => {
    const reader = new EventReader();
    const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
      text.slice(at * length, (at + 1) * length),
    );
    // A sign that was cut in the middle comes with the next piece, and with this one nothing.
    expect(pieces.flatMap((piece) => [...reader.read(""), ...reader.read(piece)])).toEqual(events);
  });

  it("that are long are looked at once", () => {
    const reader = new EventReader();
    const piece = "x".repeat(1_000);
    const read = Array.from({ length: 5_000 }, (_, at) => reader.read(at === 0 ? `data: ${piece}` : piece)).flat();
    expect([read, reader.read("\n\n")[0]?.data.length]).toEqual([[], 5_000_000]);
  });
});
