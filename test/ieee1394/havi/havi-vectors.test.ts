import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../gateway-core/bytes/byte-reader.ts";
import { ByteWriter } from "../../../gateway-core/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { Json, JsonObject } from "../../../gateway-core/contract/json.ts";
import { explainHavi } from "../../../gateway-core/ieee1394/havi/explain-havi.ts";
import { bodyOffset, decodeHaviMessage, encodeHaviMessage } from "../../../gateway-core/ieee1394/havi/havi-message.ts";
import { composeRmi, decodeRmi } from "../../../gateway-core/ieee1394/havi/rmi.ts";
import { parseType } from "../../../gateway-core/ieee1394/havi/type-grammar.ts";
import vectors from "../../vectors/havi-messages.json" with { type: "json" };

const place = { fields: {}, depth: 0 };
const hexOf = (name: string): string => vectors.find((vector) => vector.name === name)?.hex ?? "";

const dcmQuery = { type: "SIMPLE", attribute: "SE_TYPE", value: "DCM", operation: "EQU" };
const button = { type: "DDI_BUTTON", handle: 2 };

/** What each invocation says; those of the table that are no messages follow below. */
const invocations: readonly (readonly [
  name: string,
  api: string,
  operation: string,
  transaction: number,
  fields: JsonObject,
])[] = [
  ["msg.reliable.registry.getElement", "Registry", "GetElement", 1, { query: dcmQuery }],
  ["msg.reliable.registry.retrieveAttributes", "Registry", "RetrieveAttributes", 2, { seid: "08004601020304050100" }],
  [
    "msg.reliable.registry.subscribe",
    "Registry",
    "Subscribe",
    3,
    { callback: { api: "Registry", operation: "f0" }, query: dcmQuery },
  ],
  [
    "msg.reliable.em.subscribe",
    "EventManager",
    "Subscribe",
    4,
    {
      events: [
        { schema: "SYSTEM", base: "NEW_DEVICES" },
        { schema: "SYSTEM", base: "GONE_DEVICES" },
      ],
      callback: { api: "EventManager", operation: "ff" },
    },
  ],
  ["msg.reliable.dcm.getHuid", "Dcm", "GetHuid", 5, {}],
  [
    "msg.reliable.ddi.subscribe",
    "DdiTarget",
    "Subscribe",
    7,
    { callback: { api: "DdiTarget", operation: "80" }, scope: "CURRENT" },
  ],
  [
    "msg.reliable.ddi.getElement.response",
    "DdiTarget",
    "GetDdiElement",
    8,
    {
      element: {
        type: "DDI_BUTTON",
        id: button,
        pressedLabel: "PLAY",
        releasedLabel: "PLAY",
        height: 40,
        width: 120,
        interactivity: "ENABLED",
        optionals: [],
      },
    },
  ],
  [
    "msg.reliable.ddi.userAction",
    "DdiTarget",
    "UserAction",
    9,
    { element: button, action: { type: "ACT_BUTTON", button: "PRESS" } },
  ],
];

/** Structures that stand in no message of the collection. */
const structures: readonly (readonly [name: string, type: string, value: Json])[] = [
  ["seid", "Seid", "00112233445566770101"],
  ["query.simple.any", "Query", { type: "SIMPLE", attribute: "SE_TYPE", value: { octets: "" }, operation: "ANY" }],
  [
    "ddi.element.panel",
    "DdiElement",
    {
      type: "DDI_PANEL",
      id: { type: "DDI_PANEL", handle: 1 },
      name: "VTR",
      height: 480,
      width: 704,
      aspectRatio: "NTSC_704_BY_480_4_BY_3",
      elements: [button],
      optionals: [],
    },
  ],
];

describe("What an open implementation of HAVi sends", () => {
  it.each(invocations)("%s is %s %s, both ways", (name, api, operation, transaction, fields) => {
    const octets = fromHex(hexOf(name));
    expect(explainHavi(octets)).toMatchObject({
      protocol: "HAVI_RMI",
      messageType: "RELIABLE",
      api,
      operation,
      transaction,
      fields,
    });
    const message = decodeHaviMessage(octets);
    expect(toHex(encodeHaviMessage(message))).toBe(hexOf(name));
    const { status } = decodeRmi(octets, bodyOffset);
    const body = composeRmi({ api, operation, transaction, fields, ...(status === undefined ? {} : { status }) });
    expect(toHex(body)).toBe(toHex(message.body));
  });

  it.each(structures)("%s is a %s, both ways", (name, type, value) => {
    expect(parseType(type).read(new ByteReader(fromHex(hexOf(name))), place)).toEqual(value);
    const writer = new ByteWriter();
    parseType(type).write(value, writer, place);
    expect(toHex(writer.toOctets())).toBe(hexOf(name));
  });

  it("may be that a message is not taken, and why", () => {
    const hex = hexOf("msg.reliable.noack");
    expect(explainHavi(fromHex(hex))).toEqual({
      destination: "00112233445566770101",
      source: "08004601020304050002",
      protocol: "HAVI_RMI",
      messageType: "RELIABLE_NOACK",
      messageNumber: 7,
      reason: "UNKNOWN_TARGET_OBJECT",
      payload: "02",
    });
    expect(toHex(encodeHaviMessage(decodeHaviMessage(fromHex(hex))))).toBe(hex);
  });

  it("is all understood", () => {
    const understood = [...invocations, ...structures].map(([name]) => name);
    expect([...understood, "msg.reliable.noack"].sort()).toEqual(vectors.map(({ name }) => name).sort());
  });
});

const source = fileURLToPath(new URL("../../../../shared/data/havi-vectors.jsonl", import.meta.url));
if (!existsSync(source)) console.warn(`SKIPPED: the collection of HAVi vectors is not at ${source}`);

describe.skipIf(!existsSync(source))("The collection of HAVi vectors", () => {
  it("is these vectors", () => {
    const lines = readFileSync(source, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; hex: string });
    expect(lines.map(({ name, hex }) => [name, hex])).toEqual(vectors.map(({ name, hex }) => [name, hex]));
  });
});
