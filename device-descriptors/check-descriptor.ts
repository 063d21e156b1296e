/** What is wrong with a descriptor: our own JSON Schema, then what no schema can say (docs/descriptors.md, "Checks" 2 and 3). */

import { validate } from "jsonschema";
import type { DataSchema, Descriptor, PropertyDescriptor } from "../gateway-core/contract/descriptor.ts";
import type { Json } from "../gateway-core/contract/json.ts";
import { avcWordFlaws, haviWordFlaws, wordFlaws } from "./check-words.ts";
import schema from "./descriptor.schema.json" with { type: "json" };
import { type Flaw, pointer } from "./flaw.ts";

/** Deeper than any real descriptor; a validator that follows more exhausts the stack, and time. */
const deepest = 64;
const tooDeep: Flaw = { path: "", message: "it nests too deep to be checked" };

/** All flaws; none means that the candidate is a Descriptor. Never throws, whatever the candidate. */
export function flawsOf(candidate: unknown): readonly Flaw[] {
  if (isDeeper(candidate, deepest)) return [tooDeep];
  try {
    const { errors } = validate(candidate, schema, { nestedErrors: false });
    if (errors.length > 0) return errors.map(({ path, message }) => ({ path: pointer(path), message }));
    return codeFlaws(candidate as Descriptor);
  } catch {
    return [tooDeep];
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function codeFlaws(descriptor: Descriptor): Flaw[] {
  const properties = Object.entries(descriptor.properties);
  const titles: Flaw[] =
    descriptor.title === descriptor.titles.en ? [] : [{ path: "/title", message: "it is not the English of titles" }];
  return [
    ...titles,
    ...screenFlaws(descriptor),
    ...roleFlaws(descriptor),
    ...properties.flatMap(([name, property]) => {
      const path = pointer(["properties", name]);
      const codec = property["gk:bind"]["echonet"]?.["codec"];
      const { avc, havi } = property["gk:bind"];
      return [
        ...schemaFlaws(property, path, property.readOnly === true),
        ...presetFlaws(property["gk:presets"] ?? [], property, path),
        ...historyFlaws(property, path),
        ...(codec === undefined ? [] : wordFlaws(codec, property, path)),
        ...(avc === undefined ? [] : avcWordFlaws(avc, property, path)),
        ...(havi === undefined ? [] : haviWordFlaws(havi, property, path)),
      ];
    }),
  ];
}

/** Only numbers have a curve. */
function historyFlaws({ type, oneOf = [], "gk:history": history = false }: PropertyDescriptor, path: string): Flaw[] {
  const isNumber = [{ type }, ...oneOf].some((branch) => branch.type === "number" || branch.type === "integer");
  if (history === false || isNumber) return [];
  return [{ path: `${path}/gk:history`, message: "only numbers are kept over time" }];
}

/** Every name on a screen is that of a property or an action. */
function screenFlaws({ "gk:screen": screen = {}, properties, actions = {} }: Descriptor): Flaw[] {
  const { tile = {}, sections = [], compact = [] } = screen;
  const { toggle, value, control, state = [] } = tile;
  const named: [path: (string | number)[], name: string | undefined][] = [
    [["tile", "toggle"], toggle],
    [["tile", "value"], value],
    [["tile", "control"], control],
    ...state.map((name, index): [(string | number)[], string] => [["tile", "state", index], name]),
    ...sections.flatMap(({ items }, section) =>
      items.map((name, index): [(string | number)[], string] => [["sections", section, "items", index], name]),
    ),
    ...compact.map((name, index): [(string | number)[], string] => [["compact", index], name]),
  ];
  return named
    .filter(([, name]) => name !== undefined && !Object.hasOwn(properties, name) && !Object.hasOwn(actions, name))
    .map(([path, name]) => ({ path: pointer(["gk:screen", ...path]), message: `there is no "${name}"` }));
}

function roleFlaws({ properties }: Descriptor): Flaw[] {
  const holders = new Map<string, string>();
  return Object.entries(properties).flatMap(([name, { "gk:role": role }]) => {
    if (role === undefined) return [];
    const holder = holders.get(role);
    holders.set(role, holder ?? name);
    if (holder === undefined) return [];
    return [
      { path: pointer(["properties", name, "gk:role"]), message: `"${role}" is the role of "${holder}" already` },
    ];
  });
}

/** A number that may be set has a range, and a pattern is a regular expression; in members and items too. */
function schemaFlaws(schema: DataSchema, path: string, isReadOnly: boolean): Flaw[] {
  const { properties = {}, items, oneOf = [] } = schema;
  const plain = [{ at: path, part: schema }, ...oneOf.map((part, index) => ({ at: `${path}/oneOf/${index}`, part }))];
  return [
    ...plain.flatMap(({ at, part }) => [
      ...(!isReadOnly && !part.readOnly && isUnbounded(part)
        ? [{ path: at, message: "a number that may be set needs minimum and maximum" }]
        : []),
      ...(part.pattern === undefined || isRegExp(part.pattern)
        ? []
        : [{ path: `${at}/pattern`, message: "it is no regular expression" }]),
    ]),
    ...Object.entries(properties).flatMap(([name, member]) =>
      schemaFlaws(member, `${path}/properties/${name}`, isReadOnly),
    ),
    ...(items === undefined ? [] : schemaFlaws(items, `${path}/items`, isReadOnly)),
  ];
}

function isUnbounded({ type, minimum, maximum, oneOf }: DataSchema): boolean {
  const isNumber = (type === "number" || type === "integer") && oneOf === undefined;
  return isNumber && (minimum === undefined || maximum === undefined || minimum > maximum);
}

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

function presetFlaws(presets: readonly Json[], property: DataSchema, path: string): Flaw[] {
  return presets.flatMap((preset, index) =>
    validate(preset, property).valid
      ? []
      : [{ path: `${path}/gk:presets/${index}`, message: `${JSON.stringify(preset)} is no value of this property` }],
  );
}
