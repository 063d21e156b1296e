import { describe, expect, it } from "vitest";
import { openOwnTrail } from "../../gateway-core/own-access/own-trail.ts";
import { FakeClock, FakeLog, FakeMemory } from "../fakes/fake-host.ts";

const open = () => {
  const host = { clock: new FakeClock(), memory: new FakeMemory(), log: new FakeLog() };
  return { ...host, trail: openOwnTrail(host), again: () => openOwnTrail(host) };
};

describe("The trail of own management", () => {
  it("is kept over a restart, the newest first, and written together", async () => {
    const { trail, again, clock, memory } = open();
    trail.note("login", "hanako", "192.0.2.1");
    await clock.advance(500);
    trail.note("command", "hanako", "192.0.2.1", "PUT /api/devices/lamp\r\n/properties/power");
    expect(memory.read("own-audit")).toBeUndefined();
    await clock.advance(500);
    expect(
      again()
        .list(10)
        .map(({ event, about }) => [event, about]),
    ).toEqual([
      ["command", "PUT /api/devices/lamp/properties/power"],
      ["login", ""],
    ]);
  });

  it("keeps the newest 500, and what is refused without end pushes nothing else out", async () => {
    const { trail, again, clock, log } = open();
    trail.note("login", "hanako", "192.0.2.1");
    for (let at = 0; at < 700; at++) {
      trail.note("login-refused", `guess ${at}`, "198.51.100.7");
      await clock.advance(1);
    }
    trail[Symbol.dispose]();
    const kept = again().list(1_000);
    expect(kept).toHaveLength(501);
    expect(kept[0]?.name).toBe("guess 699");
    expect(kept.at(-1)?.event).toBe("login");
    expect(log.lines).toEqual([]);
  });

  it.each([
    ["is changed", (entries: object[]) => [{ ...entries[0], name: "jiro" }, ...entries.slice(1)]],
    ["is taken out", (entries: object[]) => [...entries.slice(0, 1), ...entries.slice(2)]],
    ["is none", () => ["what"]],
  ])("is noticed to be broken where an entry %s", (_what, change) => {
    const { trail, again, memory, log } = open();
    for (const name of ["a", "b", "c"]) trail.note("logout", name, "home");
    trail[Symbol.dispose]();
    const kept = JSON.parse(JSON.stringify(memory.read("own-audit")));
    memory.write("own-audit", { ...kept, entries: change(kept.entries) });
    const after = again();
    expect(after.list(10)).toEqual([]);
    expect(log.lines.map(({ event }) => event)).toEqual(["own-audit-broken"]);
  });
});
