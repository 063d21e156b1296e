import { describe, expect, it } from "vitest";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { checkConfig } from "../../gateway-core/plugin-adapters/check-config.ts";
import { choiceOf, parsePlugin } from "../../gateway-core/plugin-adapters/parse-plugin.ts";
import { anyAdapter } from "./any-adapter.ts";
import { Wall, wallAdapter, wallLamp } from "./wall-lamp.ts";

const open = async () => undefined;
const parse = (candidate: unknown) => parsePlugin(candidate, "a-package", parseDescriptor);
const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error("a trap");
    },
  },
);

describe("An adapter of another package", () => {
  it("is taken with all that it brings, as a copy of its own", () => {
    const titles = { en: "Wall", ja: "壁" };
    const brought = { ...wallAdapter(new Wall()), titles };
    const plugin = parse(brought);
    expect(plugin).toMatchObject({ api: 1, protocol: "wall", titles, config: brought.config, descriptors: [wallLamp] });
    titles.en = "changed";
    expect(plugin.titles?.en).toBe("Wall");
    expect(choiceOf(brought)).toEqual({ protocol: "wall", titles: { en: "changed", ja: "壁" } });
  });

  it("has no settings where it brings no schema of them", () => {
    expect(parse(anyAdapter(open)).config).toEqual({ type: "object", additionalProperties: false });
  });

  it.each([
    ["nothing at all", undefined, "shape"],
    ["a function", open, "shape"],
    ["an object that throws when it is read", throwing, "api"],
    ["one of another api", anyAdapter(open, { api: 2 }), "api"],
    ["one without an api", anyAdapter(open, { api: undefined }), "api"],
    ["one whose api is a text", anyAdapter(open, { api: "1" }), "api"],
    ["one without open", anyAdapter(undefined), "shape"],
    ["one without a protocol", anyAdapter(open, { protocol: undefined }), "protocol"],
    [
      "one whose protocol has a hyphen, which could clash with another's ids",
      anyAdapter(open, { protocol: "a-b" }),
      "protocol",
    ],
    ["one whose protocol is too long", anyAdapter(open, { protocol: "a".repeat(33) }), "protocol"],
    ["one that would be ECHONET Lite", anyAdapter(open, { protocol: "echonet" }), "protocol"],
    ["one that would be IEEE 1394", anyAdapter(open, { protocol: "ieee1394" }), "protocol"],
    ["one that would be the gateway's AV sources", anyAdapter(open, { protocol: "av" }), "protocol"],
    ["one with a title in one language", anyAdapter(open, { titles: { en: "Wall" } }), "shape"],
    ["one whose schema is none", anyAdapter(open, { config: "string" }), "config"],
    ["one whose schema leads nowhere", anyAdapter(open, { config: { $ref: "http://a.example/b#/c" } }), "config"],
    ["one whose descriptors are no array", anyAdapter(open, { descriptors: wallLamp }), "descriptor"],
    [
      "one with a descriptor that is not in order",
      anyAdapter(open, { descriptors: [{ ...wallLamp, title: "?" }] }),
      "descriptor",
    ],
    [
      "one with a descriptor for devices of others",
      anyAdapter(open, { descriptors: [{ ...wallLamp, "gk:match": [{ protocol: "echonet" }] }] }),
      "descriptor",
    ],
  ])("is refused when it is %s, and its package is named", (_what, candidate, reason) => {
    expect(() => parse(candidate)).toThrow(
      expect.objectContaining({
        ...{ code: "adapter-refused", message: expect.stringContaining("a-package") },
        details: expect.objectContaining({ from: "a-package", reason }),
      }),
    );
  });

  it("has its settings held to its own schema, with the key that is wrong", () => {
    const { config = {} } = wallAdapter(new Wall());
    checkConfig("wall", config, { room: "hall" });
    const refusal = (settings: object) => () => checkConfig("wall", config, { ...settings });
    expect(refusal({ room: "" })).toThrow(
      expect.objectContaining({
        code: "settings-invalid",
        details: { key: "adapters.wall.room", reason: expect.any(String) },
      }),
    );
    expect(refusal({ door: 1 })).toThrow(/adapters\.wall: .*door/);
    expect(() => checkConfig("wall", { $ref: "#/nowhere" }, {})).toThrow(/adapters\.wall: the adapter's own schema/);
  });
});
