import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  filterRefusal,
  insideTopic,
  isMatch,
  outsideTopic,
  publishRefusal,
  stateTopic,
} from "../../../access-broker/remote-mqtt/topic-rules.ts";

const number = "090-1234-5678";

describe("The remote namespace of a home", () => {
  it("has the home's own names, and back", () => {
    expect(outsideTopic(number, "home/devices/a/state")).toBe(`homes/${number}/devices/a/state`);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (rest) => {
        expect(insideTopic(number, outsideTopic(number, `home/${rest}`))).toBe(`home/${rest}`);
      }),
    );
  });

  it("lets wildcards match below the home, and nowhere else", () => {
    for (const filter of ["#", "+", "status", "devices/+/state"]) {
      expect(filterRefusal(number, `homes/${number}/${filter}`)).toBeUndefined();
    }
    const foreign = [
      "#",
      "+",
      "homes",
      `homes/${number}`,
      `homes/${number}/`,
      `homes/${number}#`,
      `homes/${number}0/#`,
    ];
    for (const filter of [
      ...foreign,
      `$share/a/homes/${number}/#`,
      "",
      `homes/${number}/\0`,
      `homes/${number}/\ufffd`,
    ]) {
      expect(filterRefusal(number, filter)).toBeDefined();
    }
    expect(filterRefusal(number, `homes/${number}/${"a/".repeat(13)}#`)).toBeUndefined();
    expect(filterRefusal(number, `homes/${number}/${"a/".repeat(14)}#`)).toBe("too many levels");
  });

  it("takes commands alone, and tells none of them to others", () => {
    for (const topic of ["devices/a/set", "devices/a/properties/on/set", "devices/a/actions/ring"]) {
      expect(publishRefusal(number, `homes/${number}/${topic}`)).toBeUndefined();
      expect(stateTopic(number, `homes/${number}/${topic}`)).toBeUndefined();
    }
    for (const topic of [
      "status",
      "devices/a/state",
      "devices/a/properties/on",
      "devices/a/result",
      "devices/a\0/set",
      "devices/\ufffd/set",
    ]) {
      expect(publishRefusal(number, `homes/${number}/${topic}`)).toBeDefined();
    }
    expect(stateTopic(number, `homes/${number}/status`)).toBe("home/status");
    expect(stateTopic(number, "homes/other/status")).toBeUndefined();
  });
});

describe("A topic filter", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/b/c", "a/b", false],
    ["a/+", "a/b", true],
    ["a/+", "a/", true],
    ["a/+", "a", false],
    ["+/+", "a/b", true],
    ["a/+/c", "a/b/d", false],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/#", "ab", false],
    ["#", "a/b", true],
    ["a/+/#", "a/b", true],
    ["a/+/#", "a", false],
  ])("%s stands for %s: %s (MQTT 3.1.1, §4.7)", (filter, topic, expected) => {
    expect(isMatch(filter, topic)).toBe(expected);
  });
});
