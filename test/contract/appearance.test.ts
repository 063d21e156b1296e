import { describe, expect, it } from "vitest";
import { parseAppearanceChange, withChange } from "../../gateway-core/contract/appearance.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const member = (input: unknown): unknown => {
  try {
    return parseAppearanceChange(input);
  } catch (thrown) {
    return thrown instanceof HomeError && thrown.code === "value-invalid" ? thrown.details["member"] : thrown;
  }
};

describe("A change of an appearance", () => {
  it("sets what it names and leaves the rest, and null or false takes back", () => {
    const first = withChange(
      {},
      parseAppearanceChange({ name: " 読書灯 ", icon: "light", isFavourite: true, order: 3 }),
    );
    expect(first).toEqual({ name: "読書灯", icon: "light", isFavourite: true, order: 3 });
    const next = withChange(first, parseAppearanceChange({ room: "書斎", isFavourite: false, icon: null }));
    expect(next).toEqual({ name: "読書灯", room: "書斎", order: 3 });
  });

  it.each([
    ["name", { name: "" }],
    ["name", { name: "   " }],
    ["name", { name: "x".repeat(65) }],
    ["name", { name: "two\nlines" }],
    ["name", { name: 5 }],
    ["room", { room: "\u0000" }],
    ["room", { room: "\ud800" }],
    ["icon", { icon: "rocket" }],
    ["icon", { icon: "constructor" }],
    ["order", { order: 0 }],
    ["order", { order: 1.5 }],
    ["order", { order: 10_000 }],
    ["isHidden", { isHidden: "yes" }],
    ["colour", { colour: "red" }],
    [undefined, ["name"]],
    [undefined, null],
  ])("that is not of its form is refused with the member's name: %s %j", (name, input) => {
    expect(member(input)).toBe(name);
  });
});
