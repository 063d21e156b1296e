import { describe, expect, it } from "vitest";
import { lampDescriptor } from "./lamp-descriptor.ts";
import { lampWith } from "./lamp-home.ts";

describe("a description", () => {
  it("is narrowed by the property maps, the screen too", async () => {
    const { home, descriptor } = await lampWith({}, {});
    expect(Object.keys(descriptor.properties).toSorted()).toEqual(
      ["brightness", "energy", "energyUnit", "epc8A", "fault", "power", "scene"].toSorted(),
    );
    expect(descriptor.properties["power"]).toMatchObject({ observable: true });
    expect(descriptor.properties["brightness"]).toMatchObject({ observable: false });
    expect(descriptor.properties["fault"]).toMatchObject({ readOnly: true });
    expect(descriptor.properties["scene"]).toMatchObject({ writeOnly: true });
    expect(Object.keys(descriptor.actions ?? {})).toEqual(["blink"]);
    expect(descriptor["gk:screen"]).toEqual({
      tile: { toggle: "power", state: ["power"], control: "brightness" },
      sections: [{ items: ["power", "brightness"] }],
      compact: ["power"],
    });
    expect(home.host.log.events("warn")).toEqual(["bind-unreadable"]);
    await home.close();
  });

  it("has what the device lists and the model does not know as octets, to read and never to set", async () => {
    const { home, ref, descriptor } = await lampWith({}, { "0xf0": "0123456789", "0xd0": "7f" });
    expect(descriptor.properties["epcF0"]).toEqual({
      titles: { en: "Property F0", ja: "プロパティ F0" },
      type: "string",
      contentEncoding: "base16",
      readOnly: true,
      observable: false,
      "gk:category": "diagnostic",
      "gk:bind": { echonet: { epc: "0xF0", codec: { raw: true } } },
    });
    // What cannot be read of the model is octets, too; the property maps are no state.
    expect(Object.keys(descriptor.properties).filter((name) => name.startsWith("epc"))).toEqual([
      "epc8A",
      "epcD0",
      "epcF0",
    ]);
    expect((await home.get(ref, descriptor, ["epcF0", "epcD0"])).values).toEqual({ epcF0: "0123456789", epcD0: "7f" });
    expect((await home.set(ref, descriptor, { epcF0: "00" })).errors).toMatchObject({ epcF0: { code: "read-only" } });
    await home.close();
  });

  it("of a model without screen and actions has none", async () => {
    const { home, ref } = await lampWith({});
    const { "gk:screen": _screen, actions: _actions, ...bare } = lampDescriptor;
    expect(await home.describe(ref, bare)).not.toHaveProperty("gk:screen");
    const empty = await home.describe(ref, { ...bare, "gk:screen": {} });
    expect(empty["gk:screen"]).toEqual({});
    const emptyTile = await home.describe(ref, { ...bare, "gk:screen": { tile: {} } });
    expect(emptyTile["gk:screen"]).toEqual({ tile: {} });
    await home.close();
  });
});
