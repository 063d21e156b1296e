/** What a descriptor says of one control set, `gk:bind.<name>` of its properties and actions, each read once (docs/descriptors.md). */

import type { Binding, Descriptor } from "../contract/descriptor.ts";
import { type HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";

export interface BindingsOf<Property, Action> {
  readonly properties: ReadonlyMap<string, Property>;
  readonly actions: ReadonlyMap<string, Action>;
  readonly broken: readonly (readonly [name: string, error: HomeError])[];
}

export interface BindingForm<Property, Action> {
  readonly name: string;
  readonly property: (bind: JsonObject) => Property;
  readonly action: (bind: JsonObject) => Action;
  /** Bindings of that name which are others' to read. */
  readonly isOthers?: (bind: JsonObject) => boolean;
}

/** What cannot be read is told in `broken`; the others are not concerned. */
export function bindingReader<Property, Action>(
  form: BindingForm<Property, Action>,
): (descriptor: Descriptor) => BindingsOf<Property, Action> {
  /** A descriptor never changes, and is asked for with each command and each reading. */
  const known = new WeakMap<Descriptor, BindingsOf<Property, Action>>();
  return (descriptor) => {
    const found = known.get(descriptor);
    if (found !== undefined) return found;
    const broken: [string, HomeError][] = [];
    const readEach = <T>(
      bound: { readonly [name: string]: { readonly "gk:bind": Binding } },
      read: (bind: JsonObject) => T,
    ): ReadonlyMap<string, T> => {
      const bindings = new Map<string, T>();
      for (const [name, { "gk:bind": binding }] of Object.entries(bound)) {
        const bind = binding[form.name];
        if (!isJsonObject(bind) || form.isOthers?.(bind) === true) continue;
        try {
          bindings.set(name, read(bind));
        } catch (thrown) {
          broken.push([name, toHomeError(thrown)]);
        }
      }
      return bindings;
    };
    const read = {
      properties: readEach(descriptor.properties, form.property),
      actions: readEach(descriptor.actions ?? {}, form.action),
      broken,
    };
    known.set(descriptor, read);
    return read;
  };
}
