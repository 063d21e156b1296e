import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  filterRefusal,
  insideTopic,
  isState,
  outsideTopic,
  publishRefusal,
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

  it("takes commands alone, from whoever may do more than look", () => {
    for (const topic of ["devices/a/set", "devices/a/properties/on/set", "devices/a/actions/ring"]) {
      expect(publishRefusal(number, `homes/${number}/${topic}`, "all")).toBeUndefined();
      expect(publishRefusal(number, `homes/${number}/${topic}`, "view")).toBe("this visitor may only look");
      expect(publishRefusal(number, `homes/${number}/${topic}`, "none")).toBeDefined();
      expect(isState(number, `homes/${number}/${topic}`)).toBe(false);
    }
    for (const topic of [
      "status",
      "devices/a/state",
      "devices/a/properties/on",
      "devices/a/result",
      "devices/a\0/set",
    ]) {
      expect(publishRefusal(number, `homes/${number}/${topic}`, "all")).toBeDefined();
    }
    expect(isState(number, `homes/${number}/status`)).toBe(true);
    expect(isState(number, "homes/other/status")).toBe(false);
  });
});
