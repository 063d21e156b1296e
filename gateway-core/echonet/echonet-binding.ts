/** What a descriptor says of ECHONET Lite: `gk:bind.echonet` of its properties and actions, read once (docs/descriptors.md). */

import type { Binding, Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { type HomeError, toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { parseCodec, parseEpc } from "./property-value.ts";
import type { ValueCodec } from "./value-codec.ts";

export interface PropertyBinding {
  readonly name: string;
  readonly epc: number;
  readonly codec: ValueCodec;
  /** The EPC that selects which of its values the property tells: the day of a history, the channels of a list. */
  readonly atomic?: number;
}

export interface ActionBinding extends PropertyBinding {
  /** What is sent where the action takes no input. */
  readonly value: Json;
}

/** Calls `onBroken` for each bind that cannot be read; the others are not concerned. */
export type OnBroken = (name: string, error: HomeError) => void;

interface Reading {
  readonly bindings: ReadonlyMap<string, PropertyBinding>;
  readonly broken: readonly (readonly [name: string, error: HomeError])[];
}

/** A descriptor never changes, and is asked for with each command and each reading: its codecs are parsed once. */
const readings = new WeakMap<Descriptor["properties"], Reading>();

/** Bindings by property name. A property that another protocol carries has none. */
export function bindingsOf(
  { properties }: Pick<Descriptor, "properties">,
  onBroken: OnBroken,
): ReadonlyMap<string, PropertyBinding> {
  const { bindings, broken } = readings.get(properties) ?? readProperties(properties);
  for (const [name, error] of broken) onBroken(name, error);
  return bindings;
}

function readProperties(properties: Descriptor["properties"]): Reading {
  const broken: [string, HomeError][] = [];
  const bindings = readEach(
    properties,
    (name, error) => broken.push([name, error]),
    ({ epc, codec, atomic }, name) => ({
      name,
      epc: parseEpc(epc),
      codec: parseCodec(codec),
      ...(atomic === undefined ? {} : { atomic: parseEpc(atomic) }),
    }),
  );
  const reading = { bindings, broken };
  readings.set(properties, reading);
  return reading;
}

/** Bindings by action name. */
export function actionBindingsOf(descriptor: Descriptor, onBroken: OnBroken): ReadonlyMap<string, ActionBinding> {
  return readEach(descriptor.actions ?? {}, onBroken, ({ epc, codec, value = null }, name) => ({
    name,
    epc: parseEpc(epc),
    codec: parseCodec(codec),
    value,
  }));
}

function readEach<T>(
  bound: { readonly [name: string]: { readonly "gk:bind": Binding } },
  onBroken: OnBroken,
  read: (bind: JsonObject, name: string) => T,
): ReadonlyMap<string, T> {
  const bindings = new Map<string, T>();
  for (const [name, { "gk:bind": binding }] of Object.entries(bound)) {
    const bind = binding["echonet"];
    if (bind === undefined) continue;
    try {
      bindings.set(name, read(bind, name));
    } catch (thrown) {
      onBroken(name, toHomeError(thrown));
    }
  }
  return bindings;
}

export function isReadable(property: PropertyDescriptor | undefined): boolean {
  return property !== undefined && property.writeOnly !== true;
}

export function isSettable(property: PropertyDescriptor | undefined): boolean {
  return property !== undefined && property.readOnly !== true;
}
