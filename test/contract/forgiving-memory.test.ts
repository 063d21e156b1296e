import { describe, expect, it } from "vitest";
import { forgivingMemory } from "../../gateway-core/contract/forgiving-memory.ts";
import { FailingMemory } from "../fakes/failing-memory.ts";
import { FakeLog } from "../fakes/fake-host.ts";

function setUp(...unreadable: string[]) {
  const [memory, log] = [new FailingMemory(...unreadable), new FakeLog()];
  return { memory, log, forgiving: forgivingMemory({ memory, log }) };
}

describe("A forgiving memory", () => {
  it("keeps what it can, as any", () => {
    const { memory, log, forgiving } = setUp();
    forgiving.write("a", 1);
    expect([forgiving.read("a"), forgiving.read("b"), memory.read("a"), log.lines]).toEqual([1, undefined, 1, []]);
  });

  it("never knew what it cannot read, says so once, and writes nothing over it until it could read it", () => {
    const { memory, log, forgiving } = setUp("a");
    memory.values.set("a", "kept");
    expect([forgiving.read("a"), forgiving.read("a")]).toEqual([undefined, undefined]);
    forgiving.write("a", "new");
    expect(memory.values.get("a")).toBe("kept");
    expect(log.lines).toEqual([
      { level: "error", event: "memory-not-read", facts: { name: "a", reason: "cannot read a.json: no JSON" } },
    ]);
    memory.unreadable.clear();
    expect(forgiving.read("a")).toBe("kept");
    forgiving.write("a", "new");
    expect(memory.values.get("a")).toBe("new");
  });

  it("says once what it cannot write, and again when it failed anew", () => {
    const { memory, log, forgiving } = setUp();
    for (const isFull of [true, true, false, true]) {
      memory.isFull = isFull;
      forgiving.write("a", 1);
    }
    expect(log.events("error")).toEqual(["memory-not-written", "memory-not-written"]);
    expect(log.lines[0]?.facts).toEqual({ name: "a", reason: "cannot write a.json: ENOSPC" });
  });
});
