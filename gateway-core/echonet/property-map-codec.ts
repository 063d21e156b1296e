/** The codec word "propertyMap": the properties that an object has (super class, EPC 9D, 9E and 9F). */

import { formatEpc } from "./eoj.ts";
import { decodePropertyMap, encodePropertyMap } from "./property-map.ts";
import { notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

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
