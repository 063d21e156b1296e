import { describe, expect, it, onTestFinished } from "vitest";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";

/** Sends nothing; letting it go fails, as of a device whose bus has gone. */
function stubborn(): AvSource {
  const closing = Promise.withResolvers<void>();
  return {
    form: "mpegts",
    octets: (async function* () {
      await closing.promise;
      yield* [];
    })(),
    async [Symbol.asyncDispose]() {
      closing.resolve();
      throw new Error("the bus has gone");
    },
  };
}

describe("Streams that are being converted", () => {
  it("let their viewers go, and the process live, when their source cannot be let go", async () => {
    const failures: unknown[] = [];
    const hear = (thrown: unknown): void => void failures.push(thrown);
    process.on("unhandledRejection", hear);
    onTestFinished(() => void process.off("unhandledRejection", hear));
    const clock = new FakeClock();
    const engine = async () => ({
      start: (): never => {
        throw new Error("nothing was sent that could be converted");
      },
      encoder: "libx264",
    });
    const media = new MediaSessions({ clock, engine, rungs: ladder, idleMs: 1_000, ring: () => new FragmentRing() });
    const hold = await media.hold("deck", async () => stubborn());
    const { body } = (await hold.ring("high")).watch();
    hold[Symbol.dispose]();
    await clock.advance(1_000);
    await settle();
    expect([failures, media.count, clock.pending]).toEqual([[], 0, 0]);
    expect((await body.getReader().read()).done).toBe(true);
    await media[Symbol.asyncDispose]();
  });
});
