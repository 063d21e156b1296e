/** Makes the descriptor of a class: its own properties, then those of the super class that it does not override. Pure. */

import type { Descriptor, PropertyDescriptor, Screen } from "../../gateway-core/contract/descriptor.ts";
import type { Overlay, PropertyOverlay, WordOverlay } from "./overlay.ts";
import { parseData } from "./parse-data.ts";
import { type Rules, rules } from "./rules.ts";
import type { SourceClass, SourceProperty } from "./source.ts";
import { formOf } from "./value-form.ts";

export interface Sources {
  readonly own: SourceClass;
  readonly shared: SourceClass;
  readonly overlay: Overlay;
  readonly sharedOverlay: Overlay;
}

const context = [
  "https://www.w3.org/2022/wot/td/v1.1",
  {
    gk: "https://genkan.example/ns#",
    om2: "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    "@language": "en",
  },
];
const firstEpc = "0x80";
/** Texts of an overlay's own data are as people should read them. */
const asWritten: Rules = { ...rules, wordTitles: ({ titles }) => titles, propertyTitles: (titles) => titles };
const noWords: Readonly<Record<string, WordOverlay>> = {};

export function descriptorOf({ own, shared, overlay, sharedOverlay }: Sources): Descriptor {
  const overridden = new Set(own.properties.map(({ epc }) => epc));
  const inherited = shared.properties.filter(({ epc }) => !overridden.has(epc));
  const isFirst = ({ epc }: SourceProperty): boolean => epc === firstEpc;
  const all = [
    ...[...own.properties, ...inherited].filter(isFirst),
    ...own.properties.filter((property) => !isFirst(property)),
    ...inherited.filter((property) => !isFirst(property)),
  ].map((source) => {
    const shared = sharedOverlay.properties[source.epc];
    const general = overridden.has(source.epc) ? withoutValue(shared) : shared;
    return withOverlay(source, { ...general, ...overlay.properties[source.epc] });
  });
  const titles = overlay.titles ?? rules.propertyTitles(own.titles);
  const taken = new Set<string>();
  const properties = Object.fromEntries(all.map((property) => [freeName(property, taken), propertyOf(property, all)]));
  return {
    "@context": context,
    "@type": "tm:ThingModel",
    title: titles.en,
    titles,
    version: { model: "1.0.0" },
    "gk:type": `echonet:${own.eojClass.slice(2).toLowerCase()}`,
    "gk:kind": overlay.kind ?? rules.kindOf(own.eojClass),
    "gk:match": [{ protocol: "echonet", eojClass: own.eojClass }],
    ...(overlay.screen === undefined ? {} : { "gk:screen": screenOf(overlay.screen, properties) }),
    properties,
  };
}

/** Of another release the overlay's screen shows what is there. */
function screenOf({ tile, sections = [], compact = [] }: Screen, properties: Descriptor["properties"]): Screen {
  const isThere = (name: string): boolean => Object.hasOwn(properties, name);
  const { toggle, value, control, state = [] } = tile ?? {};
  const named = (part: "toggle" | "value" | "control", name: string | undefined) =>
    name !== undefined && isThere(name) ? { [part]: name } : {};
  const kept = sections.map((section) => ({ ...section, items: section.items.filter(isThere) }));
  const small = compact.filter(isThere);
  return {
    tile: {
      ...named("toggle", toggle),
      ...named("value", value),
      ...(state.length === 0 ? {} : { state: state.filter(isThere) }),
      ...named("control", control),
    },
    sections: kept.filter(({ items }) => items.length > 0),
    ...(small.length === 0 ? {} : { compact: small }),
  };
}

interface Completed {
  readonly source: SourceProperty;
  readonly overlay: PropertyOverlay;
}

/** A class that overrides a property has values of its own. */
function withoutValue(overlay: PropertyOverlay = {}): PropertyOverlay {
  const { data: _data, words: _words, members: _members, ...rest } = overlay;
  return rest;
}

function withOverlay(source: SourceProperty, overlay: PropertyOverlay): Completed {
  return { source: overlay.data === undefined ? source : { ...source, data: parseData(overlay.data, {}) }, overlay };
}

/** The sources give some names twice. */
function freeName({ source, overlay }: Completed, taken: Set<string>): string {
  const wanted = overlay.name ?? source.name?.replaceAll(/[^A-Za-z0-9_]/g, "_") ?? `epc${source.epc.slice(2)}`;
  const name = taken.has(wanted) ? `${wanted}${source.epc.slice(2)}` : wanted;
  taken.add(name);
  return name;
}

function propertyOf({ source, overlay }: Completed, all: readonly Completed[]): PropertyDescriptor {
  const isReadOnly = !source.isSettable;
  const texts = overlay.data === undefined ? rules : asWritten;
  const { schema, codec } = formOf(source.data, {
    rules: texts,
    isReadOnly,
    isMember: false,
    words: overlay.words ?? noWords,
    members: (name) => overlay.members?.[name]?.words ?? noWords,
    title: (titles) => texts.propertyTitles(titles),
    smallestOf: (epc) => smallestOf(all.find((other) => other.source.epc === epc)),
  });
  const isKept = overlay.history ?? (isReadOnly && isNumber(schema) && rules.isMeasured(source.titles));
  const history = isKept === true && rules.isTotal(source.titles) ? "total" : isKept;
  return {
    titles: overlay.titles ?? rules.propertyTitles(source.titles),
    ...withMemberTitles(schema, overlay),
    ...overlay.schema,
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(source.isReadable ? {} : { writeOnly: true }),
    ...(source.isObservable ? { observable: true } : {}),
    ...(overlay.role == null ? {} : { "gk:role": overlay.role }),
    ...(overlay.category == null ? {} : { "gk:category": overlay.category }),
    ...(history === false ? {} : { "gk:history": history }),
    ...(overlay.settle === undefined ? {} : { "gk:settle": overlay.settle }),
    ...(overlay.presets === undefined ? {} : { "gk:presets": overlay.presets }),
    "gk:bind": {
      echonet: { epc: source.epc, codec, ...(source.atomic === undefined ? {} : { atomic: source.atomic }) },
    },
  };
}

function isNumber({ type, oneOf = [] }: PropertyShape): boolean {
  return (type === "number" && oneOf.length === 0) || oneOf.some((branch) => branch.type === "number");
}

type PropertyShape = ReturnType<typeof formOf>["schema"];

/** Members are titled by their names, in objects of arrays too. */
function withMemberTitles(schema: PropertyShape, overlay: PropertyOverlay): PropertyShape {
  const { members = {} } = overlay;
  if (schema.items !== undefined) return { ...schema, items: withMemberTitles(schema.items, overlay) };
  if (schema.properties === undefined) return schema;
  const properties = Object.entries(schema.properties).map(([name, member]) => {
    const titles = members[name]?.titles;
    const inner = withMemberTitles(member, overlay);
    return [name, titles === undefined ? inner : { ...inner, titles }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Of the numbers that this EPC can multiply by. */
function smallestOf(found: Completed | undefined): number {
  const data = found?.source.data;
  const values = data?.kind === "state" ? data.states.map(({ value }) => value) : [];
  const numbers = values.filter((value) => typeof value === "number");
  return numbers.length === 0 ? 1 : Math.min(...numbers);
}
