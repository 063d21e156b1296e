import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { sessionOnDemand } from "../gateway-core/session-on-demand.ts";
import { shareSession } from "../gateway-core/shared-session.ts";
import { FakeSession, lampModel, lampValues, sighting } from "./fakes/fake-session.ts";

const { signal } = new AbortController();
const { ref } = sighting("lamp");

/** An adapter whose port is taken until told otherwise. */
function setUp() {
  const session = new FakeSession();
  session.add("lamp", { ...lampValues });
  const door = { isTaken: true, openings: 0 };
  const shared = shareSession(async () => {
    door.openings++;
    if (door.isTaken) throw new HomeError("address-unusable", "port 3610 is taken");
    return session;
  });
  return { door, session: sessionOnDemand("fake", shared) };
}

describe("A session on demand", () => {
  it("is not opened before somebody calls, nor for being closed", async () => {
    const { door, session } = setUp();
    await session[Symbol.asyncDispose]();
    expect(door.openings).toBe(0);
  });

  it("says of each device that it is unavailable, and why, while its adapter does not open", async () => {
    const { door, session } = setUp();
    const unavailable = {
      code: "device-unavailable",
      message: "the adapter fake is not open: port 3610 is taken",
      details: { protocol: "fake", reason: "address-unusable" },
    };
    await expect(session.set(ref, lampModel, { power: true }, { signal })).rejects.toMatchObject(unavailable);
    const following = session.subscribe(ref, lampModel, { signal })[Symbol.asyncIterator]();
    await expect(following.next()).rejects.toMatchObject(unavailable);
    door.isTaken = false;
    expect(await session.set(ref, lampModel, { power: true }, { signal })).toMatchObject({ values: { power: true } });
    expect(door.openings).toBe(3);
    await session[Symbol.asyncDispose]();
    await expect(session.get(ref, lampModel, ["power"], { signal })).rejects.toMatchObject({
      code: "device-unavailable",
    });
  });
});
