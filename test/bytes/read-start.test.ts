import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readStart } from "../../gateway-core/bytes/read-start.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { FakeClock } from "../fakes/fake-host.ts";

/** The first octet tells how many follow it. */
const lengthOf = ([first]: Uint8Array): number | undefined => {
  if (first === 0xff) throw new HomeError("frame-malformed", "not that");
  return first === undefined ? undefined : first + 1;
};

describe("The start of a connection", () => {
  it("is read however it is cut, and what follows it stays", async () => {
    const socket = new PassThrough();
    const start = readStart(socket, new FakeClock(), lengthOf);
    for (const octet of [3, 1, 2]) {
      socket.write(Uint8Array.of(octet));
      await once(socket, "readable");
    }
    socket.write(Uint8Array.of(3, 4, 5));
    expect([...(await start)]).toEqual([3, 1, 2, 3]);
    expect([...(socket.read() as Buffer)]).toEqual([4, 5]);
    expect(socket.listenerCount("close")).toBe(0);
  });
  it("that is whole at once is not waited for", async () => {
    const socket = new PassThrough();
    socket.write(Uint8Array.of(1, 1));
    expect([...(await readStart(socket, new FakeClock(), lengthOf))]).toEqual([1, 1]);
  });
  it("that is wrong, late or broken off is an error", async () => {
    const wrong = new PassThrough();
    wrong.write(Uint8Array.of(0xff));
    await expect(readStart(wrong, new FakeClock(), lengthOf)).rejects.toMatchObject({ code: "frame-malformed" });
    const clock = new FakeClock();
    const late = readStart(new PassThrough(), clock, lengthOf);
    const refused = expect(late).rejects.toMatchObject({ code: "link-message-invalid" });
    await clock.advance(5_000);
    await refused;
    const broken = new PassThrough();
    const start = readStart(broken, new FakeClock(), lengthOf);
    broken.destroy();
    await expect(start).rejects.toMatchObject({ code: "link-message-invalid" });
  });
});
