/** Frames and values: decode and encode a reply of six properties, and every value of an air conditioner, beside the two npm packages. */

import { join } from "node:path";
import echonetLite from "echonet-lite";
import nodeEchonetLite from "node-echonet-lite/lib/core/core.js";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import { fromHex, toHex } from "../gateway-core/bytes/hex.ts";
import { bindingsOf } from "../gateway-core/echonet/echonet-binding.ts";
import { decodeFrame, encodeFrame, type Property } from "../gateway-core/echonet/frame.ts";
import { packageRoot } from "../host/package-root.ts";
import { interleave, ratePerSecond } from "./figures.ts";
import { printTable } from "./table.ts";

const rounds = 7;
const eojClass = "0x0130";
const octets = fromHex("1081002a01300105ff017206800130810108b00142b3011abb011ba00141");
const buffer = Buffer.from(octets);
const frame = decodeFrame(octets);
const theirs = {
  TID: "002a",
  SEOJ: "013001",
  DEOJ: "05ff01",
  ESV: "72",
  DETAILs: echonetLite.parseBytes(buffer)?.DETAILs ?? {},
};
let formatted: Uint8Array = new Uint8Array(0);
echonetLite.sendBase = (_ip, made) => {
  formatted = made;
};
echonetLite.sendELDATA("", theirs);

const descriptor = loadCatalogue([join(packageRoot(), "device-descriptors")]).find({ protocol: "echonet", eojClass });
if (descriptor === undefined) throw new Error(`no descriptor for ${eojClass}`);
const bindings = [
  ...bindingsOf(descriptor, (name, error) => {
    throw new Error(name, { cause: error });
  }).values(),
];
const byEpc = new Map(bindings.map((binding) => [binding.epc, binding.codec]));
const valuesOf = (properties: readonly Property[]): unknown[] =>
  properties.map(({ epc, edt }) => byEpc.get(epc)?.decode(edt, () => 1));

/** What an air conditioner of Release J tells, as far as both we and the peer have a reading of it. */
const told: readonly Property[] = Object.entries({
  ...{
    80: "30",
    "8f": "42",
    90: "42",
    91: "071e",
    94: "42",
    95: "1700",
    a0: "41",
    a1: "42",
    a3: "31",
    a4: "43",
    a5: "54",
  },
  ...{
    aa: "40",
    b0: "42",
    b1: "42",
    b2: "41",
    b3: "1a",
    b4: "32",
    b5: "1a",
    b6: "14",
    b7: "1a",
    b8: "01f401f400fa0064",
  },
  ...{ b9: "0023", ba: "32", bb: "1b", bd: "12", be: "20" },
}).map(([epc, edt]) => ({ epc: Number.parseInt(epc, 16), edt: fromHex(edt) }));
const toldBuffers = told.map(({ epc, edt }) => [epc, Buffer.from(edt)] as const);
const theirValues = (): unknown[] =>
  toldBuffers.map(([epc, edt]) => nodeEchonetLite._parsePropertyData(0x01, 0x30, epc, edt));

// What is compared is the same work. EL counts a TID of its own, whatever it is given.
const isSame = (made: Uint8Array): boolean => toHex(made.subarray(4)) === toHex(octets.subarray(4));
if (!isSame(encodeFrame(frame)) || !isSame(formatted)) throw new Error("not the same frame");
if (valuesOf(told).includes(undefined)) throw new Error(`no value for all of ${eojClass}`);
const known = theirValues().filter((value) => value !== null).length;

const { decode, parse, decodeAndValues, nodeParse, encode, format, values, nodeValues } = await interleave(rounds, {
  decode: () => ratePerSecond(() => decodeFrame(octets)),
  parse: () => ratePerSecond(() => echonetLite.parseBytes(buffer)),
  decodeAndValues: () => ratePerSecond(() => valuesOf(decodeFrame(octets).properties)),
  nodeParse: () => ratePerSecond(() => nodeEchonetLite.parse(buffer)),
  encode: () => ratePerSecond(() => encodeFrame(frame)),
  format: () => ratePerSecond(() => echonetLite.sendELDATA("", theirs)),
  values: () => ratePerSecond(() => valuesOf(told)),
  nodeValues: () => ratePerSecond(theirValues),
});

printTable(
  "echonet-codec",
  `Median of ${rounds} rounds of 200 ms, interleaved; baselines: npm echonet-lite (EL), node-echonet-lite (NEL, which knows ${known} of the ${told.length} values).`,
  [
    row("decode OPC 6 / EL parseBytes", decode, parse, 6),
    { what: "decode OPC 6", value: decode / 1_000, unit: "k/s", goal: { atLeast: 500 } },
    row("decode OPC 6 with values / NEL parse", decodeAndValues, nodeParse, 6),
    row("encode OPC 6 / EL sendELDATA to its socket", encode, format, 1),
    row(`${told.length} values of an air conditioner / NEL`, values, nodeValues, 2),
  ],
);

function row(what: string, value: number, baseline: number, atLeast: number) {
  return {
    what,
    value: value / 1_000,
    unit: "k/s",
    baseline: baseline / 1_000,
    goal: { of: "ratio", atLeast },
  } as const;
}
