/** How a person names the gateways that a descriptor is for: `MODEL` or `MODEL@FROM..BELOW`. */

import { HomeError } from "../gateway-core/contract/errors.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";

/** `MODEL`, `MODEL@FROM..BELOW`, either end left out where it does not matter; `*` is any model. @throws HomeError `usage` */
export function gatewaysOf(told: string | undefined): JsonObject {
  if (told === undefined) return {};
  const version = String.raw`\d+\.\d+\.\d+`;
  const form = new RegExp(`^([^@]+)(?:@(${version})?\\.\\.(${version})?)?$`);
  const [whole, model, from, below] = form.exec(told) ?? [];
  if (whole === undefined) throw new HomeError("usage", `--for-model takes MODEL or MODEL@FROM..BELOW, not "${told}"`);
  const parts = { model: model === "*" ? undefined : model, from, below };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [] : [[name, part]])),
  );
}

/** The same back; nothing for all gateways. */
export function formatGateways({ model = "*", from = "", below = "" }: Readonly<Record<string, string>>): string {
  const versions = from === "" && below === "" ? "" : `@${from}..${below}`;
  return model === "*" && versions === "" ? "" : `${model}${versions}`;
}
