/** What a descriptor says of HAVi: `gk:bind.havi` of its properties and actions, read once (docs/descriptors.md). */

import type { Binding, Descriptor } from "../contract/descriptor.ts";
import { type HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import { type HaviRequest, type MakeRequest, parseCall, parseResult, type ReadResult } from "./havi/recipe.ts";
import { numberOf, textOf } from "./table-json.ts";

export interface HaviPropertyBinding {
  /** What tells it; properties with the same one are read together. */
  readonly get: HaviRequest | undefined;
  readonly getText: string;
  readonly read: ReadResult;
  readonly write: MakeRequest | undefined;
  /** The system event that tells that it may be another. */
  readonly event: string | undefined;
  /** The indicator of an attribute whose changes a functional component notifies. */
  readonly attribute: number | undefined;
  readonly pollMs: number | undefined;
}

export interface HaviActionBinding {
  readonly write: readonly MakeRequest[];
  /** It is done only where the settings allow recording. */
  readonly needsRecording: boolean;
}

export interface HaviBindings {
  readonly properties: ReadonlyMap<string, HaviPropertyBinding>;
  readonly actions: ReadonlyMap<string, HaviActionBinding>;
  readonly broken: readonly (readonly [name: string, error: HomeError])[];
}

const known = new WeakMap<Descriptor, HaviBindings>();

/** What cannot be read is told in `broken`. Elements of a screen that the device sent are not concerned. */
export function haviBindingsOf(descriptor: Descriptor): HaviBindings {
  const found = known.get(descriptor);
  if (found !== undefined) return found;
  const broken: [string, HomeError][] = [];
  const bindings = {
    properties: readEach(descriptor.properties, broken, propertyBinding),
    actions: readEach(descriptor.actions ?? {}, broken, actionBinding),
    broken,
  };
  known.set(descriptor, bindings);
  return bindings;
}

function propertyBinding({ get, value, set, event, attribute, pollMs }: JsonObject): HaviPropertyBinding {
  return {
    get: get === undefined ? undefined : parseCall(get)(null),
    getText: get === undefined ? "" : JSON.stringify(get),
    read: value === undefined ? () => undefined : parseResult(value),
    write: set === undefined ? undefined : parseCall(set),
    event: event === undefined ? undefined : textOf(event),
    attribute: attribute === undefined ? undefined : numberOf(attribute),
    pollMs: typeof pollMs === "number" && pollMs >= 100 ? pollMs : undefined,
  };
}

function actionBinding({ call, needs }: JsonObject): HaviActionBinding {
  const calls: readonly Json[] = Array.isArray(call) ? call : [call ?? null];
  return { write: calls.map((one) => parseCall(one)), needsRecording: needs === "recording" };
}

function readEach<T>(
  bound: { readonly [name: string]: { readonly "gk:bind": Binding } },
  broken: [string, HomeError][],
  read: (bind: JsonObject) => T,
): ReadonlyMap<string, T> {
  const bindings = new Map<string, T>();
  for (const [name, { "gk:bind": binding }] of Object.entries(bound)) {
    const bind = binding["havi"];
    if (!isJsonObject(bind) || bind["ddi"] !== undefined) continue;
    try {
      bindings.set(name, read(bind));
    } catch (thrown) {
      broken.push([name, toHomeError(thrown)]);
    }
  }
  return bindings;
}
