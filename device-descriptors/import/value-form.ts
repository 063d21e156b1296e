/** Makes of a source's data what a descriptor says twice: the data schema that people and programs see, and the codec of its octets. Pure. */

import type { Branch, DataSchema } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { type BitField, type Data, type Member, octetsOf, type State } from "./data.ts";
import { levelForm, numberForm, relativeForm } from "./number-form.ts";
import { type Form, type FormContext, mapOf, wordBranches, wordSchema } from "./word-form.ts";

/** How a value is said and carried. */
export function formOf(data: Data, context: FormContext): Form {
  switch (data.kind) {
    case "number":
      return numberForm(data, [], context);
    case "state":
      return { schema: wordSchema(data.states, context), codec: { map: mapOf(data.states, context) } };
    case "level":
      return levelForm(data, [], context);
    case "bits":
      return bitsForm(data.octets, data.fields, context);
    case "object":
      return objectForm(data.members, context);
    case "array":
      return arrayForm(data, context);
    case "raw":
      return { schema: rawSchema(data.minimum, data.maximum), codec: { raw: true } };
    case "text": {
      const length = data.minimum === data.maximum ? { length: data.maximum } : {};
      return { schema: { type: "string" }, codec: { text: data.encoding, ...length } };
    }
    case "time":
      return {
        schema: { type: "string", pattern: timePattern(data.octets, data.maximumOfHour) },
        codec: data.octets === 2 ? "hhmm" : "hhmmss",
      };
    case "date":
      return { schema: { type: "string", pattern: `^${datePattern}$` }, codec: "date" };
    case "date-time":
      return {
        schema: { type: "string", pattern: `^${datePattern}T${dayTime}${data.octets === 7 ? ":[0-5][0-9]" : ""}$` },
        codec: "datetime",
      };
    case "oneOf":
      return alternativesForm(data.of, context);
  }
}

const datePattern = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const dayTime = "([01][0-9]|2[0-3]):[0-5][0-9]";

function timePattern(octets: number, maximumOfHour: number): string {
  const hour = maximumOfHour > 23 ? "([0-9]{2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])" : "([01][0-9]|2[0-3])";
  return `^${hour}${":[0-5][0-9]".repeat(octets - 1)}$`;
}

function rawSchema(minimum: number, maximum: number): DataSchema {
  const pair = "[0-9a-f]{2}";
  const pattern = minimum === maximum ? `^[0-9a-f]{${2 * maximum}}$` : `^(${pair}){${minimum},${maximum}}$`;
  return { type: "string", pattern, contentEncoding: "base16" };
}

/** A flag is true when its bit is set, whatever the source calls that. */
function bitsForm(octets: number, fields: readonly BitField[], context: FormContext): Form {
  const members = fields.map((field) => [field.name, bitSchema(field, inner(context, field.name))] as const);
  const codec = fields.map(({ name, octet, mask }) => {
    const shift = 31 - Math.clz32(mask & -mask);
    const hex = `0x${mask.toString(16).toUpperCase().padStart(2, "0")}`;
    return { name, octet, mask: hex, ...(shift === 0 ? {} : { shift }) };
  });
  const named = 1 + Math.max(...fields.map(({ octet }) => octet));
  return {
    schema: closedObject(members),
    codec: { bits: codec, ...(octets > named ? { length: octets } : {}) },
  };
}

function bitSchema({ titles, mask, data }: BitField, context: FormContext): DataSchema {
  if ((mask & (mask - 1)) !== 0) {
    const lowest = mask & -mask;
    const maximum = data.kind === "level" ? data.count - 1 : mask / lowest;
    return { titles: context.title(titles), type: "number", minimum: 0, maximum, multipleOf: 1 };
  }
  const states = data.kind === "state" ? data.states : [];
  const flags = states.map((state): State => ({ ...state, value: Number(state.edt) !== 0 ? "true" : "false" }));
  const isFirst = (state: State): boolean => state.value === "true";
  const ordered = [...flags.filter(isFirst), ...flags.filter((state) => !isFirst(state))];
  return { titles: context.title(titles), ...wordSchema(ordered, context) };
}

function objectForm(members: readonly Member[], context: FormContext): Form {
  const parts = members.map(({ name, titles, data }) => {
    const length = octetsOf(data);
    const isReserved = /^RFU\d*$/.test(name) && length !== undefined;
    const form = formOf(data, inner(context, name));
    return {
      schema: isReserved ? [] : [[name, { titles: context.title(titles), ...form.schema }] as const],
      codec: isReserved
        ? { reserved: length }
        : { name, ...(length === undefined ? {} : { length }), codec: form.codec },
    };
  });
  return {
    schema: closedObject(parts.flatMap(({ schema }) => schema)),
    codec: { object: parts.map(({ codec }) => codec) },
  };
}

function closedObject(members: readonly (readonly [name: string, schema: DataSchema])[]): DataSchema {
  return {
    type: "object",
    properties: Object.fromEntries(members),
    required: members.map(([name]) => name),
    additionalProperties: false,
  };
}

function arrayForm(data: Data & { kind: "array" }, context: FormContext): Form {
  const { of, itemOctets, minimum, maximum } = data;
  const item = formOf(of, { ...context, isMember: true });
  return {
    schema: { type: "array", items: item.schema, minItems: minimum, maxItems: maximum },
    codec: { array: { of: item.codec, itemLength: itemOctets, min: minimum, max: maximum } },
  };
}

/** States before numbers: 0xFD may be "not set" and 253. Numbers that stand beside each other are told apart by their ranges. */
function alternativesForm(of: readonly Data[], context: FormContext): Form {
  const states = of.flatMap((data) => (data.kind === "state" ? data.states : []));
  const others = mergeNumbers(of.filter(({ kind }) => kind !== "state"));
  const [first] = others;
  if (first === undefined) return formOf({ kind: "state", states }, context);
  if (others.length === 1 && first.kind === "number") return numberForm(first, states, context);
  if (others.length === 1 && first.kind === "level") return levelForm(first, states, context);
  const forms = others.map((data, index) =>
    data.kind === "level" && (index > 0 || context.rules.signOfLevel(data) !== "")
      ? relativeForm(data, context)
      : data.kind === "number"
        ? numberForm(data, [], context, true)
        : data.kind === "level"
          ? levelForm(data, [], context, true)
          : formOf(data, context),
  );
  const isPlain = forms.every(({ schema }) => schema.type !== "object" && schema.type !== "array");
  if (!isPlain) return formOf({ kind: "raw", minimum: 1, maximum: 255 }, context);
  const unit = forms.find(({ schema }) => schema.unit !== undefined)?.schema.unit;
  // Those with a narrow range first, what takes any octets (a time of day) last.
  const isWide = ({ codec }: Form): boolean => typeof codec === "string" || isRaw(codec);
  const codecs = [...forms.filter((form) => !isWide(form)), ...forms.filter(isWide)].map(({ codec }) => codec);
  const words: Json[] = states.length > 0 ? [{ map: mapOf(states, context) }] : [];
  return {
    schema: {
      oneOf: [...forms.flatMap(({ schema }) => branchesOf(schema)), ...wordBranches(states, context)],
      ...(unit === undefined ? {} : { unit }),
    },
    codec: { oneOf: [...words, ...codecs] },
  };
}

const isRaw = (codec: Json): boolean => typeof codec === "object" && codec !== null && "raw" in codec;

function branchesOf({ oneOf, type, minimum, maximum, multipleOf, pattern }: DataSchema): readonly Branch[] {
  if (oneOf !== undefined) return oneOf;
  const words = { type, minimum, maximum, multipleOf, pattern };
  return [Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined))];
}

/** Two ranges of one number, such as charging (positive) and discharging (negative), are one. */
function mergeNumbers(of: readonly Data[]): readonly Data[] {
  const [first, second, ...rest] = of;
  if (first?.kind !== "number" || second?.kind !== "number" || first.octets !== second.octets) return of;
  const merged: Data = {
    ...first,
    isSigned: first.isSigned || second.isSigned,
    minimum: Math.min(first.minimum, second.minimum),
    maximum: Math.max(first.maximum, second.maximum),
  };
  return mergeNumbers([merged, ...rest]);
}

function inner(context: FormContext, name: string): FormContext {
  return { ...context, isMember: true, words: context.members(name) };
}
