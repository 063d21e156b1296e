/** What of IEEE 1394 can be read for people, by the name of its form. */

import { fromHex } from "../bytes/hex.ts";
import type { JsonObject } from "../contract/json.ts";
import { explainAvc } from "./avc/explain-avc.ts";
import { explainConfigRom } from "./explain-config-rom.ts";
import { explainCsr } from "./explain-csr.ts";
import { explainHavi } from "./havi/explain-havi.ts";
import { explainCip } from "./iec61883/explain-cip.ts";

const explainers: Readonly<Record<string, (octets: Uint8Array) => JsonObject>> = {
  avc: explainAvc,
  cip: explainCip,
  "config-rom": explainConfigRom,
  csr: explainCsr,
  havi: explainHavi,
};

/**
 * The function that explains octets of this form, given in hexadecimal; undefined when there is no such form.
 * The function @throws HomeError `value-invalid` for what is no hexadecimal text, `frame-malformed` with `offset`.
 */
export function ieee1394Explainer(form: string): ((hex: string) => JsonObject) | undefined {
  const explain = Object.hasOwn(explainers, form) ? explainers[form] : undefined;
  return explain && ((hex) => explain(fromHex(hex)));
}
