/** `genkan decode config-rom|avc|havi|cip|csr HEX|FILE`: what passes on IEEE 1394, as one JSON object. */

import { readFileSync, statSync } from "node:fs";
import { ieee1394Explainer } from "../gateway-core/gateway.ts";

/** The function that turns an argument, or a line, into JSON text; undefined for a form that is not of IEEE 1394. */
export function explainerOfIeee1394(form: string, isByLine: boolean): ((text: string) => string) | undefined {
  const explain = ieee1394Explainer(form);
  return explain && ((text) => JSON.stringify(explain(isByLine ? text.trim() : hexOf(text.trim()))));
}

/** Hexadecimal digits are what they are; any other argument names a file of octets, or of hexadecimal text. */
function hexOf(argument: string): string {
  const isFile = !/^[0-9a-f]*$/i.test(argument) && statSync(argument, { throwIfNoEntry: false })?.isFile();
  if (!isFile) return argument;
  const octets = readFileSync(argument);
  const text = octets.toString("latin1").replaceAll(/\s/g, "");
  return /^[0-9a-f]+$/i.test(text) ? text : octets.toString("hex");
}
