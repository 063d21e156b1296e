/** The codec words "text" and "propertyMap": ASCII text (super class, EPC 8C and 8D) and lists of EPCs (9D, 9E and 9F). */

import { formatEpc } from "./eoj.ts";
import { decodePropertyMap, encodePropertyMap } from "./property-map.ts";
import { notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

const isPrintable = (octet: number): boolean => octet >= 0x20 && octet < 0x7f;

/** Text in ASCII. What fills a longer EDT up, zeros or blanks at its end, is no part of the text. */
export const textCodec: ValueCodec = {
  coefficients: [],
  decode(edt) {
    const end = 1 + edt.findLastIndex((octet) => octet !== 0 && octet !== 0x20);
    const text = edt.subarray(0, end);
    if (!text.every(isPrintable)) throw noValue(edt, "it is no ASCII text");
    return String.fromCharCode(...text);
  },
  encode(value) {
    const octets = typeof value === "string" ? new TextEncoder().encode(value) : undefined;
    if (octets === undefined || !octets.every(isPrintable)) throw notEncodable(value, "ASCII text");
    return octets;
  },
};

/** The EPCs of a property map, ascending, two lower-case hexadecimal digits each. */
export const propertyMapCodec: ValueCodec = {
  coefficients: [],
  decode(edt) {
    if (edt.length === 0) throw noValue(edt, "a property map has a count at least");
    return decodePropertyMap(edt).map(formatEpc);
  },
  encode(value) {
    if (!Array.isArray(value) || !value.every(isEpcText)) throw notEncodable(value, "an array of EPCs");
    return encodePropertyMap(value.map((epc) => Number.parseInt(epc, 16)));
  },
};

function isEpcText(epc: unknown): epc is string {
  return typeof epc === "string" && /^[89a-f][0-9a-f]$/i.test(epc);
}
