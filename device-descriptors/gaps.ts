/** What a descriptor knows only as octets: where the catalogue still has gaps. Pure. */

import type { DataSchema, Descriptor } from "../gateway-core/contract/descriptor.ts";

export interface Gap {
  readonly type: string;
  readonly property: string;
  readonly epc: string;
  /** The whole value, or only some members of it. */
  readonly extent: "whole" | "part";
}

export function gapsOf({ "gk:type": type, properties }: Descriptor): readonly Gap[] {
  return Object.entries(properties).flatMap(([property, schema]) => {
    if (!hasRaw(schema)) return [];
    const epc = String(schema["gk:bind"]["echonet"]?.["epc"] ?? "");
    return [{ type, property, epc, extent: isRaw(schema) ? ("whole" as const) : ("part" as const) }];
  });
}

function hasRaw(schema: DataSchema): boolean {
  const { properties = {}, items } = schema;
  return isRaw(schema) || Object.values(properties).some(hasRaw) || (items !== undefined && hasRaw(items));
}

const isRaw = ({ contentEncoding }: DataSchema): boolean => contentEncoding === "base16";
