/** What a descriptor says of HAVi: `gk:bind.havi` of its properties and actions, read once (docs/descriptors.md). */

import type { Descriptor } from "../contract/descriptor.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { type BindingsOf, bindingReader } from "./binding-reader.ts";
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

export type HaviBindings = BindingsOf<HaviPropertyBinding, HaviActionBinding>;

/** Elements of a screen that the device sent are not concerned. */
export const haviBindingsOf: (descriptor: Descriptor) => HaviBindings = bindingReader({
  name: "havi",
  property: propertyBinding,
  action: actionBinding,
  isOthers: ({ ddi }) => ddi !== undefined,
});

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
