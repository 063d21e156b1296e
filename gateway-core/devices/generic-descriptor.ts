/** The descriptor of a device that no descriptor is known for: a title made of what its adapter told, and nothing to control. */

import type { Descriptor, DescriptorKey } from "../contract/descriptor.ts";

export function genericDescriptor(key: DescriptorKey): Descriptor {
  const { protocol, ...facts } = key;
  const known = Object.values(facts);
  const what = [protocol, ...known].join(" ");
  return {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
    "@type": "tm:ThingModel",
    title: `Unknown device (${what})`,
    titles: { en: `Unknown device (${what})`, ja: `不明な機器（${what}）` },
    version: { model: "0.0.0" },
    "gk:type": [protocol, ...known.map((fact) => fact.replace(/^0x/, ""))].join(":"),
    "gk:kind": "generic",
    "gk:match": [key],
    properties: {},
  };
}
