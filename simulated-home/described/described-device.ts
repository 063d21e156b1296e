/** A simulated device of any class, made from its descriptor alone: what it is called, shows, and has buttons for. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Branch, Descriptor, Texts } from "../../gateway-core/contract/descriptor.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import type { Button, SimulatedDevice } from "../behaviours/simulated-device.ts";
import type { Random } from "../random.ts";
import { hex } from "../wire/octets.ts";
import { createDescribedObject, type DescribedObject } from "./described-object.ts";
import type { DescribedProperty } from "./described-property.ts";
import { startDrift } from "./drift.ts";
import units from "./unit-signs.json" with { type: "json" };

export interface DescribedOptions {
  readonly eoj: number;
  readonly descriptor: Descriptor;
  readonly random: Random;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Names; all unless given. */
  readonly properties?: readonly string[] | undefined;
  /** Its measurements stay as they are. */
  readonly isStill: boolean;
}

const mostButtons = 12;

export function describedDevice(options: DescribedOptions): SimulatedDevice {
  const { eoj, descriptor, random, clock, signal, properties, isStill } = options;
  const described = createDescribedObject(eoj, descriptor, random, properties);
  if (!isStill) startDrift(described, clock, signal, random);
  const { toggle, value, state = [], control } = descriptor["gk:screen"]?.tile ?? {};
  const named = (name: string | undefined): DescribedProperty[] =>
    described.properties.filter((property) => property.name === name);
  const withRole = (role: string): DescribedProperty[] =>
    described.properties.filter(({ schema }) => schema["gk:role"] === role);
  const shown = new Set([...withRole("power"), ...[toggle, value, ...state].flatMap(named)]);
  const touched = new Set([...withRole("power"), ...[toggle, control].flatMap(named), ...withRole("mode")]);
  return {
    object: described.object,
    titles: descriptor.titles,
    buttons: [...touched].flatMap(buttonsOf).slice(0, mostButtons),
    facts: () => factsOf(described),
    display: () => ({ en: displayOf([...shown], "en"), ja: displayOf([...shown], "ja") }),
  };

  function displayOf(of: readonly DescribedProperty[], language: keyof Texts): string {
    return of.map((property) => textOf(property, held(described, property), language)).join(" · ");
  }
}

/** Everything that people read, in words; octets and what concerns technicians are left out. */
function factsOf(described: DescribedObject): JsonObject {
  const told = described.properties.filter(({ schema }) => schema.contentEncoding === undefined);
  return Object.fromEntries(told.map((property) => [property.name, held(described, property) ?? null]));
}

function held({ object }: DescribedObject, { epc, codec }: DescribedProperty): Json | undefined {
  const edt = object.tell(epc);
  return edt && codec.decode(edt);
}

/** A button for each word that a person may choose. */
function buttonsOf({ epc, codec, schema }: DescribedProperty): Button[] {
  if (schema.readOnly === true) return [];
  return branchesOf(schema).flatMap(({ const: word, titles, readOnly }) => {
    const edt = word === undefined || readOnly === true ? undefined : codec.encode(word);
    if (edt === undefined || titles === undefined) return [];
    return [{ titles, epc, edt: hex(edt) }];
  });
}

const onOff: readonly Branch[] = [
  { const: true, titles: { en: "On", ja: "入" } },
  { const: false, titles: { en: "Off", ja: "切" } },
];

function branchesOf({ type, oneOf }: DescribedProperty["schema"]): readonly Branch[] {
  return oneOf ?? (type === "boolean" ? onOff : []);
}

function textOf({ schema }: DescribedProperty, value: Json | undefined, language: keyof Texts): string {
  const titles = branchesOf(schema).find((branch) => branch.const === value)?.titles;
  if (titles !== undefined) return titles[language];
  if (typeof value !== "number") return typeof value === "string" ? value : "–";
  const signs: Readonly<Record<string, string>> = units;
  const sign = schema.unit === undefined ? undefined : signs[schema.unit];
  return sign === undefined ? String(value) : `${value} ${sign}`;
}
