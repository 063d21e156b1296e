/** An ECHONET object made of a descriptor: a rule for each property that ECHONET carries, its value plausible, its maps by what may be done with it. */

import type { DataSchema, Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json } from "../../gateway-core/contract/json.ts";
import { superClass } from "../behaviours/simulated-device.ts";
import type { Random } from "../random.ts";
import { createSimulatedObject, type Rule, type SimulatedObject, type Table } from "../simulated-object.ts";
import { big, hex, octets } from "../wire/octets.ts";
import type { Codec } from "./codec.ts";
import { type DescribedProperty, type PropertySchema, propertiesOf } from "./described-property.ts";
import fixed from "./fixed-edts.json" with { type: "json" };
import { plausibleValues } from "./plausible-value.ts";
import { readCodec } from "./read-codec.ts";
import { clipped, isSettable, numberRange } from "./value-range.ts";

export interface DescribedObject {
  readonly object: SimulatedObject;
  readonly properties: readonly DescribedProperty[];
}

const maps = [0x9d, 0x9e, 0x9f];

/** @param only names of the properties that it has beside those of every device; without it, all of the descriptor. */
export function createDescribedObject(
  eoj: number,
  descriptor: Descriptor,
  random: Random,
  only?: readonly string[],
): DescribedObject {
  const demanded = superClass({ place: "08", release: "R" });
  let made: SimulatedObject | undefined;
  const tell = (epc: number): Uint8Array | undefined => made?.tell(epc);
  const properties = propertiesOf(descriptor, tell).filter(
    ({ name, epc }) =>
      !maps.includes(epc) && (only === undefined || only.includes(name) || Object.hasOwn(demanded, hexOf(epc))),
  );
  const rules = properties.flatMap((property): [string, Rule][] => {
    const edt = firstEdt(property, demanded, random);
    return edt === undefined ? [] : [[hexOf(property.epc), ruleOf(property, edt)]];
  });
  made = createSimulatedObject(eoj, { ...demanded, ...Object.fromEntries(rules), ...actionRules(descriptor) });
  return { object: made, properties };
}

/** What says who made it is the same for all; the rest is plausible. Undefined: its codec has no value for it. */
function firstEdt(
  { epc, form, codec, schema }: DescribedProperty,
  demanded: Table,
  random: Random,
): string | undefined {
  const key = hexOf(epc);
  const edts: Readonly<Record<string, string>> = fixed;
  const known = edts[key] ?? (key === "80" ? undefined : demanded[key]?.edt);
  if (known !== undefined && codec.decode(octets(known)) !== undefined) return known;
  const values = plausibleValues({ codec: form, schema, random });
  const codes = values.map((value) => ({ isUsual: isSettable(value, schema), edt: codec.encode(value) }));
  const filled = codes.filter(({ edt }) => edt !== undefined && edt.length > 0);
  const { edt } = filled.find(({ isUsual }) => isUsual) ?? filled[0] ?? {};
  return edt && hex(edt);
}

function ruleOf({ codec, schema }: DescribedProperty, edt: string): Rule {
  return {
    edt,
    ...(schema.writeOnly === true ? { get: false } : {}),
    ...(schema.observable === true ? { inf: true } : {}),
    ...(schema.readOnly === true ? {} : { ...settable(codec, schema), ...clippable(codec, schema) }),
  };
}

/** The words and the ranges of its schema, and no octets that its codec does not know. */
function settable(codec: Codec, schema: DataSchema): Pick<Rule, "set"> {
  return {
    set(edt) {
      const value = codec.decode(edt);
      return value !== undefined && isSettable(value, schema);
    },
  };
}

function clippable(codec: Codec, schema: PropertySchema): Pick<Rule, "clip"> {
  const range = numberRange(schema);
  if (range === undefined) return {};
  return {
    clip(edt) {
      const value = codec.decode(edt);
      return typeof value === "number" ? codec.encode(clipped(value, range)) : undefined;
    },
  };
}

/** An action is a property that is only set. */
function actionRules({ actions = {} }: Descriptor): Table {
  const rules = Object.values(actions).flatMap((action): [string, Rule][] => {
    const bind: Json | undefined = action["gk:bind"]["echonet"];
    const codec = isJsonObject(bind) ? readCodec(bind["codec"], () => undefined) : undefined;
    if (bind === undefined || !isJsonObject(bind) || codec === undefined) return [];
    return [[hexOf(Number(bind["epc"])), { edt: "00", get: false, ...settable(codec, action.input ?? {}) }]];
  });
  return Object.fromEntries(rules);
}

function hexOf(epc: number): string {
  return hex(big(epc, 1));
}
