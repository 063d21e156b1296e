/** The access link over a disk that fails while the gateway runs. */

import { describe, expect, it } from "vitest";
import { openAccess } from "../../gateway-core/access-link/access.ts";
import { FailingMemory } from "../fakes/failing-memory.ts";
import { fakeHost } from "../fakes/fake-host.ts";

function setUp(...unreadable: string[]) {
  const memory = new FailingMemory(...unreadable);
  const host = { ...fakeHost(), memory };
  const open = () =>
    openAccess({
      ...{ host, isEnabled: true, cards: { file: undefined, folders: [] } },
      gateway: { model: "test", version: "1.0.0" },
      handlerAt: () => async () => new Response("page"),
      parse: () => {
        throw new Error("nobody answers here");
      },
      onDescriptor: () => undefined,
      onCommand: () => undefined,
    });
  return { host, memory, open };
}

describe("An access link", () => {
  it("says once that its registration cannot be read, and again when that happens anew", async () => {
    const { host, memory, open } = setUp();
    const access = open();
    for (const isUnreadable of [true, false, true]) {
      if (isUnreadable) memory.unreadable.add("registration");
      else memory.unreadable.clear();
      await host.clock.advance(60_000);
    }
    expect(host.log.events("error")).toEqual(["registration-not-read", "registration-not-read"]);
    await access[Symbol.asyncDispose]();
  });

  it("does not open without its registration, and does without the events that waited to be told", async () => {
    expect(setUp("registration").open).toThrow(expect.objectContaining({ code: "store-unavailable" }));
    const { host, open } = setUp("remote-events");
    const access = open();
    expect([access.state, host.log.events("error")]).toEqual(["not-enrolled", ["memory-not-read"]]);
    await access[Symbol.asyncDispose]();
  });
});
