import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { JsonObject } from "../../../gateway-core/contract/json.ts";
import { decodeAvcFrame, encodeAvcFrame } from "../../../gateway-core/ieee1394/avc/avc-frame.ts";
import { composeAvcFrame } from "../../../gateway-core/ieee1394/avc/avc-message.ts";
import { explainAvc } from "../../../gateway-core/ieee1394/avc/explain-avc.ts";
import vectors from "../../vectors/avc-frames.json" with { type: "json" };

/** Frames of the tables in the specifications, each with what it says. */
const table: readonly (readonly [hex: string, name: string, fields: JsonObject | undefined])[] = [
  ["0c20c460", "TRANSPORT STATE", { transport: "WIND", mode: "stop" }],
  ["0d20c27d", "TRANSPORT STATE", { transport: "RECORD", mode: "record-pause" }],
  ["0c20c431", "TRANSPORT STATE", { transport: "WIND", mode: "condensation-stop" }],
  ["0020c37d", "PLAY", { mode: "forward-pause" }],
  ["0020c33f", "PLAY", { mode: "fastest-forward" }],
  ["0020c365", "PLAY", { mode: "reverse" }],
  ["0020c3ee", "PLAY", { mode: "ee" }],
  ["0020c445", "WIND", { mode: "high-speed-rewind" }],
  ["0020c275", "RECORD", { mode: "record" }],
  ["0a20c275", "RECORD", { mode: "record" }],
  ["0020c160", "LOAD MEDIUM", { mode: "eject" }],
  ["0020512012340501", "TIME CODE", { subfunction: "search", timeCode: "01:05:34:12" }],
  ["0c205171ffffffff", "TIME CODE", { subfunction: "status", timeCode: null }],
  ["0c20517192340501", "TIME CODE", undefined],
  ["0c20577192340501", "RELATIVE TIME COUNTER", { subfunction: "status", timeCode: "-01:05:34:12" }],
  ["0c205771ff340501", "RELATIVE TIME COUNTER", { subfunction: "status", timeCode: "-01:05:34:--" }],
  [
    "0c205271030000ff",
    "ABSOLUTE TRACK NUMBER",
    { subfunction: "status", track: { number: 1, isAfterBlank: true }, medium: "ff" },
  ],
  ["0c20da3231", "MEDIUM INFO", { cassette: "dvcr-small", grade: "write-protected" }],
  ["0c207880", "OUTPUT SIGNAL MODE", { signalMode: "sd625-50" }],
  ["0c20db6f", "RECORDING SPEED", { speed: "sp" }],
  ["0020d2ff", "TAPE RECORDING FORMAT", undefined],
  ["00ffb270", "POWER", { power: "on" }],
  ["0020b260", "POWER", { power: "off" }],
  ["01ffb27f", "POWER", {}],
  ["0cff3007200000f0".slice(0, 16), "UNIT INFO", { unit: { type: "tape", id: 0 }, company: "0000f0" }],
  ["0cff310720ffffff", "SUBUNIT INFO", { page: 0, extensionCode: 7, subunits: [{ type: "tape", id: 0 }] }],
  ["01ff1203ffffff", "CHANNEL USAGE", { channel: 3, nodeId: "ffff", outputPlug: null }],
  [`00ff01ff${"ff".repeat(12)}`, "RESERVE", { priority: null, text: "ff".repeat(12) }],
  [
    "00ff24ff2000ff01",
    "CONNECT",
    {
      flags: "ff",
      source: { type: "tape", id: 0 },
      sourcePlug: "00",
      destination: { type: "unit", id: 7 },
      destinationPlug: "01",
    },
  ],
  ["0028080001000000", "OPEN DESCRIPTOR", { descriptor: "00", subfunction: "read-open" }],
  ["00180810100003 00".replace(" ", ""), "OPEN DESCRIPTOR", { descriptor: "101000", subfunction: "write-open" }],
  ["0028098 0ff000000 0000 0000".replaceAll(" ", ""), "READ DESCRIPTOR", { descriptor: "80", length: 0, address: 0 }],
  [
    "09280980100000020000abcd",
    "READ DESCRIPTOR",
    { descriptor: "80", result: "complete", length: 2, address: 0, data: "abcd" },
  ],
  ["00280a11072000000200000abc".slice(0, 24), "WRITE DESCRIPTOR", undefined],
  [
    "00280a110720 01 0002 0010 abcd".replaceAll(" ", ""),
    "WRITE DESCRIPTOR",
    {
      descriptor: "1107",
      subfunction: "replace",
      groupTag: "first",
      length: 2,
      address: 16,
      data: "abcd",
    },
  ],
  [
    "00280d00d2ff0100",
    "OBJECT NUMBER SELECT",
    { sourcePlug: "00", subfunction: "replace", status: "ff", selection: "0100" },
  ],
  [
    "0028cb00d2200000 02 13 80 0101 00 00 13 80 0102 00 00".replaceAll(" ", ""),
    "DIRECT SELECT DATA",
    {
      sourcePlug: "00",
      subfunction: "replace",
      system: "dvb",
      antenna: 0,
      multiplex: "",
      selections: [
        { flowFunction: "relay", validFlags: "80", pid: 257, tableId: "00", filter: "" },
        { flowFunction: "relay", validFlags: "80", pid: 258, tableId: "00", filter: "" },
      ],
    },
  ],
  [
    "0028c800d2ff200000021234 00".replace(" ", ""),
    "DIRECT SELECT INFORMATION TYPE",
    {
      sourcePlug: "00",
      subfunction: "replace",
      status: "ff",
      system: "dvb",
      antenna: 0,
      searchFlags: "00",
      multiplex: "1234",
    },
  ],
  ["0018c3ff75000000", "PLAY", { plug: "ff", mode: "forward", position: "000000" }],
  ["0018c5ff00000000", "STOP", { plug: "ff", position: "00000000" }],
  ["00487c4c00", "PASS THROUGH", { state: "pressed", operation: "backward", data: "" }],
  ["00487cf100", "PASS THROUGH", { state: "released", operation: "f1", data: "" }],
  ["00487c7f00", "PASS THROUGH", { state: "pressed", operation: "7f", data: "" }],
  ["0138000001020304", "VENDOR DEPENDENT", { company: "000102", data: "0304" }],
];

/** Whether a frame is another, but for zeroes that fill it up to whole quadlets. */
function expectSameButForPadding(composed: string, frame: string): void {
  expect([composed, composed.padEnd(Math.ceil(composed.length / 8) * 8, "0")]).toContain(frame);
}

describe("The frames that others have published", () => {
  it.each(vectors.map((vector) => [vector.hex, vector.meaning, vector] as const))(
    "%s says: %s",
    (hex, _meaning, vector) => {
      const told = explainAvc(fromHex(hex));
      expect(told).toMatchObject({
        kind: vector.kind,
        [vector.kind === "command" ? "ctype" : "response"]: vector.code,
        subunit: vector.subunit,
        name: vector.name,
        fields: vector.fields,
      });
      expect(toHex(encodeAvcFrame(decodeAvcFrame(fromHex(hex))))).toBe(hex);
    },
  );

  it.each(vectors.filter(({ hex }) => hex !== "0cff31deadbeef3a").map(({ hex }) => [hex]))(
    "%s is composed again out of its name and fields",
    (hex) => {
      const { name, fields } = explainAvc(fromHex(hex));
      const { code, subunit } = decodeAvcFrame(fromHex(hex));
      const composed = composeAvcFrame({ code, subunit, name: String(name), fields: fields as JsonObject });
      expectSameButForPadding(toHex(composed), hex);
    },
  );

  it("with reserved bits set are composed with those bits zero", () => {
    const hex = "0cff31deadbeef3a";
    const { code, subunit } = decodeAvcFrame(fromHex(hex));
    const fields = explainAvc(fromHex(hex))["fields"] as JsonObject;
    expect(toHex(composeAvcFrame({ code, subunit, name: "SUBUNIT INFO", fields }))).toBe("0cff3156adbeef3a");
  });
});

describe("The frames of the specifications' tables", () => {
  it.each(table)("%s is %s %j, both ways", (hex, name, fields) => {
    const told = explainAvc(fromHex(hex));
    expect([told["name"], told["fields"]]).toEqual([name, fields]);
    if (fields === undefined) return;
    const { code, subunit } = decodeAvcFrame(fromHex(hex));
    expectSameButForPadding(toHex(composeAvcFrame({ code, subunit, name, fields })), hex);
  });

  it("have no fields where octets follow that are no padding", () => {
    expect(explainAvc(fromHex("0020c37501000000"))).not.toHaveProperty("fields");
    expect(explainAvc(fromHex("0020c37500000000"))).not.toHaveProperty("fields");
    expect(explainAvc(fromHex("0020c37500"))).not.toHaveProperty("fields");
    expect(explainAvc(fromHex("00487c440000"))).not.toHaveProperty("fields");
  });

  it("have no name where no table knows the opcode", () => {
    expect(explainAvc(fromHex("0068ee01"))).toEqual({
      kind: "command",
      ctype: "CONTROL",
      subunit: { type: "0d", id: 0 },
      opcode: "ee",
      name: null,
      operands: "01",
    });
  });
});

const source = fileURLToPath(new URL("../../../../shared/data/avc-vectors.jsonl", import.meta.url));
if (!existsSync(source)) console.warn(`SKIPPED: the collection of AV/C vectors is not at ${source}`);

describe.skipIf(!existsSync(source))("The collection of AV/C vectors", () => {
  it("is all among these vectors, as far as its lines are frames", () => {
    const lines = readFileSync(source, "utf8").trim().split("\n");
    const frames = lines
      .map((line) => JSON.parse(line) as { layer: string; direction: string; hex: string })
      .filter(({ layer, direction }) => layer === "fcp" && direction !== "cts");
    expect(frames).toHaveLength(51);
    const known = new Set(vectors.map(({ hex }) => hex));
    expect(frames.filter(({ hex }) => !known.has(hex))).toEqual([]);
  });
});
