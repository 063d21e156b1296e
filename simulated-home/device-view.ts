/** A simulated device as the panel and the tests see it: its octets, its words, its buttons. */

import type { Texts } from "../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";
import type { SimulatedDevice } from "./behaviours/simulated-device.ts";
import { big, hex } from "./wire/octets.ts";

export interface DeviceView {
  /** What its node is called. */
  readonly node: string;
  /** Of its node. */
  readonly address: string;
  /** Whether its node has power and answers. */
  readonly isAlive: boolean;
  /** Six hexadecimal digits. */
  readonly eoj: string;
  readonly titles: Texts;
  /** EPC → EDT of all that can be got, hexadecimal, lower case. */
  readonly properties: { readonly [epc: string]: string };
  /** The same in words: `power: true`, `mode: "cooling"`. */
  readonly state: JsonObject;
  readonly display: Texts;
  /** EPC and EDT in hexadecimal. */
  readonly buttons: readonly { readonly titles: Texts; readonly epc: string; readonly edt: string }[];
}

export function viewOf(
  { name, address, isAlive }: { readonly name: string; readonly address: string; readonly isAlive: boolean },
  { object, titles, facts, display, buttons }: SimulatedDevice,
): DeviceView {
  const properties = object.gettable.map((epc) => [hex(big(epc, 1)), hex(object.read(epc) ?? new Uint8Array())]);
  return {
    node: name,
    address,
    isAlive,
    eoj: hex(big(object.eoj, 3)),
    titles,
    properties: Object.fromEntries(properties),
    state: facts(),
    display: display(),
    buttons: buttons.map((button) => ({ ...button, epc: hex(big(button.epc, 1)) })),
  };
}
