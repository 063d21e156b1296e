import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { shareSession } from "../gateway-core/shared-session.ts";
import { settle } from "./fakes/fake-host.ts";
import { FakeSession } from "./fakes/fake-session.ts";

/** A session whose sockets take until `gone` to close. */
class SlowSession extends FakeSession {
  readonly gone = Promise.withResolvers<void>();
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.gone.promise;
  }
}

function house() {
  const opened: SlowSession[] = [];
  const shared = shareSession(async () => {
    opened.push(new SlowSession());
    return opened[opened.length - 1] ?? new SlowSession();
  });
  return { opened, shared };
}

describe("A shared session", () => {
  it("is opened once for all, and disposed of by the last that gives it back", async () => {
    const { opened, shared } = house();
    const [one, other] = await Promise.all([shared.take(), shared.take()]);
    expect(one).toBe(other);
    let isGone = false;
    await shared.give();
    const giving = shared.give().then(() => {
      isGone = true;
    });
    await settle();
    expect(isGone).toBe(false);
    opened[0]?.gone.resolve();
    await giving;
    expect(opened).toHaveLength(1);
  });

  it("is never handed out while it closes: who takes it then waits for a new one", async () => {
    const { opened, shared } = house();
    const first = await shared.take();
    const giving = shared.give();
    const taking = shared.take();
    await settle();
    expect(opened).toHaveLength(1);
    opened[0]?.gone.resolve();
    await giving;
    expect(await taking).not.toBe(first);
    expect(opened).toHaveLength(2);
  });

  it("is opened anew after an opening that failed for all who waited for it", async () => {
    let attempts = 0;
    const shared = shareSession(async () => {
      if (attempts++ === 0) throw new HomeError("address-unusable", "port 3610 is taken");
      return new FakeSession();
    });
    const failed = await Promise.allSettled([shared.take(), shared.take()]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await shared.take()).toBe(await shared.take());
    expect(attempts).toBe(2);
  });
});
