import { beforeEach, describe, expect, it } from "vitest";
import { gatherPieces, type Pieces, takeWaiting } from "../../gateway-core/bytes/gathered-pieces.ts";

const octets = (...list: number[]): Uint8Array => Uint8Array.from(list);

describe("A stream whose pieces are gathered", () => {
  let wanted: number;
  let cancelled: number;
  let pieces: Pieces;
  let reader: ReadableStreamDefaultReader<Uint8Array>;
  beforeEach(() => {
    [wanted, cancelled] = [0, 0];
    pieces = gatherPieces({ onWanted: () => wanted++, onCancel: () => cancelled++ });
    reader = pieces.stream.getReader();
  });
  /** All that is taken at once. */
  const take = async (): Promise<readonly (Uint8Array | undefined)[]> => {
    const { value } = await reader.read();
    return [value, ...takeWaiting(pieces.stream)];
  };

  it("hands over at once what comes in one turn, in its order", async () => {
    const taken = take();
    await Promise.resolve();
    expect([wanted, pieces.isWanted]).toEqual([1, true]);
    pieces.push(octets(1));
    pieces.push(octets(2, 3));
    pieces.push(octets(4));
    // The first is handed over already.
    expect(pieces.waiting).toBe(3);
    expect(await taken).toEqual([octets(1), octets(2, 3), octets(4)]);
    expect([pieces.waiting, pieces.isWanted]).toEqual([0, false]);
  });

  it("says at once what waits, and asks for more only when nothing does", async () => {
    pieces.push(octets(1));
    pieces.push(octets(2));
    expect([wanted, pieces.isWanted, pieces.waiting]).toEqual([0, false, 2]);
    expect((await reader.read()).value).toEqual(octets(1));
    expect((await reader.read()).value).toEqual(octets(2));
    expect(wanted).toBe(0);
    void reader.read();
    await Promise.resolve();
    expect(wanted).toBe(1);
  });

  it("hands its first piece and its end over in the turn in which they come", async () => {
    const heard: string[] = [];
    const reading = (async () => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) heard.push(`${read.value}`);
      heard.push("end");
    })();
    await Promise.resolve();
    setImmediate(() => heard.push("next turn"));
    pieces.push(octets(1));
    await Promise.resolve();
    pieces.end();
    await reading;
    expect(heard).toEqual(["1", "end"]);
  });

  it("gathers what comes later in a turn until that is over", async () => {
    pieces.push(octets(1));
    await reader.read();
    const taken = take();
    await Promise.resolve();
    pieces.push(octets(2));
    await Promise.resolve();
    pieces.push(octets(3));
    expect(await taken).toEqual([octets(2), octets(3)]);
  });

  it("asks again when what came was taken by other hands before the turn was over", async () => {
    pieces.push(octets(0));
    await reader.read();
    const read = reader.read();
    await Promise.resolve();
    pieces.push(octets(1));
    expect(takeWaiting(pieces.stream)).toEqual([octets(1)]);
    await expect.poll(() => wanted).toBe(2);
    pieces.push(octets(2));
    expect((await read).value).toEqual(octets(2));
  });

  it("ends when all that came is taken, and no more comes after it", async () => {
    pieces.push(octets(1));
    pieces.end();
    pieces.end(new Error("late"));
    pieces.push(octets(2));
    expect(await take()).toEqual([octets(1)]);
    expect((await reader.read()).done).toBe(true);
  });

  it("ends for whoever waits already", async () => {
    const read = reader.read();
    await Promise.resolve();
    pieces.end();
    expect((await read).done).toBe(true);
  });

  it("breaks off with its cause when all that came is taken", async () => {
    pieces.push(octets(1));
    pieces.end(new Error("the stream was cut"));
    expect(await take()).toEqual([octets(1)]);
    await expect(reader.read()).rejects.toThrow("the stream was cut");
  });

  it("that nobody takes any more forgets what came, and takes no more", async () => {
    pieces.push(octets(1));
    await reader.cancel();
    pieces.push(octets(2));
    pieces.end();
    expect([cancelled, pieces.waiting, takeWaiting(pieces.stream)]).toEqual([1, 0, []]);
  });

  it("is the only one of which more waits than is read", () => {
    expect(takeWaiting(new ReadableStream())).toEqual([]);
  });
});
