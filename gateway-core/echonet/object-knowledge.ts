/**
 * What is known of an object by its class: its descriptor, and beneath it what the protocol itself gives to every node
 * and device (ECHONET Lite specification, part II, 6.11; APPENDIX Detailed requirements, super class), which is data too.
 */

import type { Descriptor, DescriptorKey, PropertyDescriptor, Texts } from "../contract/descriptor.ts";
import { descriptorKeyOf } from "./descriptor-key.ts";
import { bindingsOf } from "./echonet-binding.ts";
import { classOf, controllerEoj, type Eoj, isNodeProfile } from "./eoj.ts";
import protocolObjects from "./protocol-objects.json" with { type: "json" };
import type { ValueCodec } from "./value-codec.ts";

export interface KnownProperty {
  readonly name: string;
  readonly codec: ValueCodec;
  readonly schema: PropertyDescriptor;
}

export interface ObjectKnowledge {
  /** The name of the class; undefined where nobody described it. */
  readonly titles: Texts | undefined;
  /** By EPC, as the descriptor has it, else as the protocol has it. */
  readonly properties: ReadonlyMap<number, KnownProperty>;
  /** By EPC, as the protocol alone has it. */
  readonly common: ReadonlyMap<number, KnownProperty>;
}

export type FindDescriptor = (key: DescriptorKey) => Descriptor | undefined;

export function knowledgeOf(eoj: Eoj, find: FindDescriptor): ObjectKnowledge {
  const own = find(descriptorKeyOf(eoj));
  const profile = isNodeProfile(eoj) ? nodeProfile : undefined;
  const controller = classOf(eoj) === classOf(controllerEoj) ? controllerTitles : undefined;
  const common = profile?.properties ?? superClass;
  return {
    titles: own?.titles ?? profile?.titles ?? controller,
    properties: own === undefined ? common : new Map([...common, ...knownProperties(own)]),
    common,
  };
}

type Described = Pick<Descriptor, "properties">;

/** A bind that cannot be read is simply not known here. */
function knownProperties(described: Described): Map<number, KnownProperty> {
  const bindings = bindingsOf(described, () => undefined);
  const known = new Map<number, KnownProperty>();
  for (const [name, schema] of Object.entries(described.properties)) {
    const binding = bindings.get(name);
    if (binding !== undefined) known.set(binding.epc, { name, codec: binding.codec, schema });
  }
  return known;
}

/** JSON's own types know the words of a codec only as strings. */
const parseObjects = (objects: unknown) => objects as Record<"nodeProfile" | "superClass", Described>;

const { nodeProfile: profileObject, superClass: superObject } = parseObjects(protocolObjects);
const nodeProfile = { titles: protocolObjects.nodeProfile.titles, properties: knownProperties(profileObject) };
const controllerTitles: Texts = protocolObjects.controller.titles;
const superClass = knownProperties(superObject);
