/** A frame as people read it: the fields of the wire in hexadecimal, and what the descriptor of the device makes of them. */

import { toHex } from "../bytes/hex.ts";
import type { Texts } from "../contract/descriptor.ts";
import { isSameJson, type Json, type JsonObject } from "../contract/json.ts";
import { classOf, type Eoj, formatEoj } from "./eoj.ts";
import { decodeFrame, type Property } from "./frame.ts";
import { type FindDescriptor, type KnownProperty, knowledgeOf, type ObjectKnowledge } from "./object-knowledge.ts";
import type { Esv } from "./service-code.ts";
import serviceTitles from "./service-titles.json" with { type: "json" };

/** The services that are asked of a device; in all others the device is the one that speaks. */
const requests: ReadonlySet<Esv> = new Set<Esv>(["SetI", "SetC", "Get", "INF_REQ", "SetGet", "INFC_Res"]);

export type FrameExplainer = (octets: Uint8Array) => JsonObject;

/**
 * Explains frames as `{tid, seoj, seojTitle?, deoj, deojTitle?, esv, esvTitle, properties: [{epc, edt, name?, title?,
 * value?, text?}], properties2?}`: hexadecimal in lower case, titles and texts in the language. What cannot be decoded
 * has no `value`; `text` is there where a value is a word, or octets that stand for a text.
 * The explainer throws HomeError `frame-malformed` with `offset`.
 */
export function createFrameExplainer(find: FindDescriptor, language: keyof Texts): FrameExplainer {
  /** A class is looked up once: streams are long. */
  const known = new Map<number, ObjectKnowledge>();
  const knowledge = (eoj: Eoj): ObjectKnowledge => {
    const before = known.get(classOf(eoj));
    const found = before ?? knowledgeOf(eoj, find);
    if (before === undefined) known.set(classOf(eoj), found);
    return found;
  };
  const titleOf = (name: "seojTitle" | "deojTitle", eoj: Eoj): JsonObject => {
    const { titles } = knowledge(eoj);
    return titles === undefined ? {} : { [name]: titles[language] };
  };

  return (octets) => {
    const { tid, seoj, deoj, esv, properties, properties2 } = decodeFrame(octets);
    const device = knowledge(requests.has(esv) ? deoj : seoj);
    const explain = explainer(device, [...properties, ...(properties2 ?? [])], language);
    return {
      tid,
      seoj: formatEoj(seoj),
      ...titleOf("seojTitle", seoj),
      deoj: formatEoj(deoj),
      ...titleOf("deojTitle", deoj),
      esv,
      esvTitle: serviceTitles[esv][language],
      properties: properties.map(explain),
      ...(properties2 === undefined ? {} : { properties2: properties2.map(explain) }),
    };
  };
}

/** A coefficient of a coefficient is not known here. */
const unknown = (): undefined => undefined;

function explainer(
  { properties, common }: ObjectKnowledge,
  all: readonly Property[],
  language: keyof Texts,
): (property: Property) => JsonObject {
  /** Coefficients are known only when they stand in the same frame. */
  const coefficientOf = (epc: number): number | undefined => {
    const edt = all.find((property) => property.epc === epc)?.edt;
    const value = edt && decodeWith(properties.get(epc), edt, unknown);
    return typeof value === "number" ? value : undefined;
  };
  return ({ epc, edt }) => {
    const property = properties.get(epc);
    const value = edt.length === 0 ? undefined : decodeWith(property, edt, coefficientOf);
    const word = property?.schema.oneOf?.find(
      (branch) => branch.const !== undefined && isSameJson(branch.const, value),
    );
    // What a descriptor takes as octets, the protocol may know as a text.
    const plain = property?.schema.contentEncoding && decodeWith(common.get(epc), edt, unknown);
    const text = word?.titles?.[language] ?? (typeof plain === "string" && plain !== value ? plain : undefined);
    return {
      epc: toHex(Uint8Array.of(epc)),
      edt: toHex(edt),
      ...(property === undefined ? {} : { name: property.name, title: property.schema.titles[language] }),
      ...(value === undefined ? {} : { value }),
      ...(value === undefined || text === undefined ? {} : { text }),
    };
  };
}

function decodeWith(
  property: KnownProperty | undefined,
  edt: Uint8Array,
  coefficientOf: (epc: number) => number | undefined,
): Json | undefined {
  try {
    return property?.codec.decode(edt, coefficientOf);
  } catch {
    // What cannot be decoded is shown without a value: its octets stand beside it.
    return undefined;
  }
}
