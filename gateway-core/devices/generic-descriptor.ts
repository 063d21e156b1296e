/** The descriptor of a device that no descriptor is known for: a short title, what its adapter told as its match, and nothing to control. */

import { type Descriptor, type DescriptorKey, makeshiftVersion, type Texts } from "../contract/descriptor.ts";
import titles from "./generic-titles.json" with { type: "json" };

const byProtocol: Readonly<Record<string, Texts>> = titles.byProtocol;

export function genericDescriptor(key: DescriptorKey): Descriptor {
  const { protocol, ...facts } = key;
  const known = Object.values(facts);
  const { en, ja } = byProtocol[protocol] ?? titles.other;
  const said = (text: string): string => text.replace("{what}", known[0] ?? protocol);
  return {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
    "@type": "tm:ThingModel",
    title: said(en),
    titles: { en: said(en), ja: said(ja) },
    version: { model: makeshiftVersion },
    "gk:type": [protocol, ...known.map((fact) => fact.replace(/^0x/, ""))].join(":"),
    "gk:kind": "generic",
    "gk:match": [key],
    properties: {},
  };
}
