/** A small descriptor of a lamp with a meter, for the tests of this room. */

import type { Descriptor, PropertyDescriptor } from "../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { FakeObject } from "../fakes/fake-echonet-node.ts";

export const lampEoj = 0x029001;

const property = (
  epc: string,
  codec: JsonObject | string,
  more: Partial<PropertyDescriptor> = {},
): PropertyDescriptor => ({
  titles: { en: epc, ja: epc },
  "gk:bind": { echonet: { epc, codec } },
  ...more,
});

const onOff = { map: { "0x30": true, "0x31": false } };

export const lampDescriptor: Descriptor = {
  "@context": "https://www.w3.org/2022/wot/td/v1.1",
  "@type": "tm:ThingModel",
  title: "Lamp",
  titles: { en: "Lamp", ja: "照明" },
  version: { model: "1.0.0" },
  "gk:type": "echonet:0290",
  "gk:kind": "light",
  "gk:match": [{ protocol: "echonet", eojClass: "0x0290" }],
  "gk:screen": {
    tile: { toggle: "power", value: "colour", state: ["power", "colour"], control: "brightness" },
    sections: [{ items: ["power", "brightness", "colour"] }, { items: ["colour"] }],
    compact: ["power", "colour"],
  },
  properties: {
    power: property("0x80", onOff),
    brightness: property("0xB0", { num: "uint8" }, { minimum: 0, maximum: 100 }),
    fault: property("0x88", { map: { "0x41": true, "0x42": false } }),
    colour: property("0xB1", { map: { "0x41": "warm" } }),
    energy: property("0xE0", { num: "uint32", coefficient: ["0xE1"] }, { readOnly: true }),
    energyUnit: property("0xE1", { map: { "0x00": 1, "0x01": 0.1 } }, { readOnly: true }),
    scene: property("0xC0", { num: "uint8" }),
    elsewhere: { titles: { en: "Elsewhere", ja: "別" }, "gk:bind": { avc: {} } },
    broken: property("0x8F", { num: "uint7" }),
  },
  actions: {
    blink: {
      titles: { en: "Blink", ja: "点滅" },
      "gk:bind": { echonet: { epc: "0xC0", codec: { num: "uint8" }, value: 7 } },
    },
    ring: {
      titles: { en: "Ring", ja: "鳴動" },
      "gk:bind": { echonet: { epc: "0xC1", codec: { num: "uint8" }, value: 1 } },
    },
  },
};

/** The object that a node has for it: no colour, scene write-only. */
export const lampObject = (edts: FakeObject["edts"] = {}): FakeObject => ({
  edts: { "0x80": "31", "0x88": "42", "0x8a": "000006", "0xb0": "32", "0xe0": "000003e8", "0xe1": "01", ...edts },
  settable: [0x80, 0xb0, 0xc0],
  announced: [0x80],
});
