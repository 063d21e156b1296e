/** A descriptor with one property of each kind of codec. */

import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";

const titles = { en: "Odd", ja: "変" };
const word = (value: string | boolean, en: string, ja: string) => ({ const: value, titles: { en, ja } });

export const oddDescriptor: Descriptor = {
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
  "@type": "tm:ThingModel",
  title: "Odd",
  titles,
  version: { model: "1.0.0" },
  "gk:type": "echonet:0130",
  "gk:kind": "generic",
  "gk:match": [{ protocol: "echonet", eojClass: "0x0130" }],
  "gk:screen": { tile: { toggle: "power", value: "temperature", control: "mode" } },
  properties: {
    power: {
      titles,
      type: "boolean",
      observable: true,
      "gk:role": "power",
      "gk:bind": { echonet: { epc: "0x80", codec: { map: { "0x30": true, "0x31": false } } } },
    },
    instantaneousPower: {
      titles,
      type: "number",
      minimum: 0,
      maximum: 65533,
      readOnly: true,
      unit: "om2:watt",
      "gk:role": "power.instant",
      "gk:history": true,
      "gk:bind": { echonet: { epc: "0x84", codec: { num: "uint16" } } },
    },
    energy: {
      titles,
      type: "number",
      minimum: 0,
      maximum: 999999,
      multipleOf: 0.001,
      readOnly: true,
      unit: "om2:kilowattHour",
      "gk:role": "energy.total",
      "gk:history": true,
      "gk:bind": { echonet: { epc: "0x85", codec: { num: "uint32", scale: 0.001 } } },
    },
    level: {
      titles,
      oneOf: [
        { type: "number", minimum: 10, maximum: 80 },
        { ...word("undefined", "Not set", "未設定"), readOnly: true },
      ],
      "gk:bind": { echonet: { epc: "0xB0", codec: { num: "uint8", special: { "0xFD": "undefined" } } } },
    },
    mode: {
      titles,
      type: "string",
      oneOf: [word("auto", "Automatic", "自動"), { ...word("other", "Other", "その他"), readOnly: true }],
      "gk:role": "mode",
      "gk:bind": { echonet: { epc: "0xB1", codec: { map: { "0x40": "other", "0x41": "auto" } } } },
    },
    schedule: { titles, type: "string", "gk:bind": { echonet: { epc: "0xC0", codec: "hhmm" } } },
    day: { titles, type: "string", "gk:bind": { echonet: { epc: "0xC1", codec: "date" } } },
    pair: {
      titles,
      type: "object",
      properties: {
        first: { type: "number", minimum: 0, maximum: 255 },
        second: { type: "number", minimum: 0, maximum: 20 },
      },
      required: ["first", "second"],
      "gk:bind": {
        echonet: {
          epc: "0xC2",
          codec: {
            object: [
              { name: "first", length: 1, codec: { num: "uint8" } },
              { name: "second", length: 1, codec: { num: "uint8" } },
            ],
          },
        },
      },
    },
    list: {
      titles,
      type: "array",
      items: { type: "number", minimum: 0, maximum: 9 },
      maxItems: 2,
      "gk:bind": { echonet: { epc: "0xC3", codec: { array: { of: { num: "uint8" }, itemLength: 1, max: 2 } } } },
    },
    alarms: {
      titles,
      type: "object",
      properties: { fire: { type: "boolean" }, stage: { type: "number", minimum: 0, maximum: 3 } },
      readOnly: true,
      observable: true,
      "gk:bind": {
        echonet: {
          epc: "0xC4",
          codec: {
            bits: [
              { name: "fire", octet: 0, mask: "0x01" },
              { name: "stage", octet: 1, mask: "0x30" },
            ],
          },
        },
      },
    },
    moment: {
      titles,
      type: "object",
      properties: { at: { type: "string" }, energy: { type: "number", minimum: -1000, maximum: 1000 } },
      readOnly: true,
      "gk:bind": {
        echonet: {
          epc: "0xC5",
          codec: {
            object: [
              { name: "at", length: 7, codec: "datetime" },
              { name: "energy", length: 4, codec: { num: "int32", scale: 0.1 } },
            ],
          },
        },
      },
    },
    either: {
      titles,
      oneOf: [{ type: "number", minimum: 0, maximum: 100 }, word("none", "None", "なし")],
      "gk:bind": {
        echonet: { epc: "0xC6", codec: { oneOf: [{ map: { "0xFF": "none" } }, { num: "uint8" }] } },
      },
    },
    code: {
      titles,
      type: "string",
      contentEncoding: "base16",
      "gk:bind": { echonet: { epc: "0xC7", codec: { raw: true } } },
    },
    hush: {
      titles,
      type: "boolean",
      writeOnly: true,
      "gk:bind": { echonet: { epc: "0xC8", codec: { map: { "0x41": true, "0x42": false } } } },
    },
    unit: {
      titles,
      type: "number",
      oneOf: [
        { const: 0.1, titles },
        { const: 1, titles },
      ],
      readOnly: true,
      "gk:bind": { echonet: { epc: "0xD3", codec: { map: { "0x01": 0.1, "0x00": 1 } } } },
    },
    flow: {
      titles,
      type: "number",
      minimum: 0,
      maximum: 100,
      "gk:bind": { echonet: { epc: "0xD4", codec: { num: "uint16", coefficient: ["0xD3"] } } },
    },
    serial: {
      titles,
      type: "string",
      contentEncoding: "base16",
      pattern: "^[0-9a-f]{6}$",
      "gk:bind": { echonet: { epc: "0xD8", codec: { raw: true } } },
    },
    temperature: {
      titles,
      oneOf: [
        { type: "number", minimum: -273.2, maximum: 3276.6, multipleOf: 0.1 },
        { ...word("overflow", "Above range", "範囲超過"), readOnly: true },
      ],
      readOnly: true,
      unit: "om2:degree_Celsius",
      "gk:history": true,
      "gk:bind": { echonet: { epc: "0xE0", codec: { num: "int16", scale: 0.1, special: { "0x7FFF": "overflow" } } } },
    },
  },
  actions: {
    blink: { titles, "gk:bind": { echonet: { epc: "0xF0", codec: { map: { "0x01": true } } } } },
  },
};
