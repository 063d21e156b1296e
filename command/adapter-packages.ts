/**
 * Adapters of other packages for a gateway without Node-RED: the same packages, from the same folder, by what their
 * package.json says (docs/adapters.md). What Node-RED would hand to them is here no more than where they register.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Log } from "../gateway-core/contract/clock.ts";
import { toHomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type JsonObject, jsonIn } from "../gateway-core/contract/json.ts";
import { adapterPluginType } from "../gateway-core/contract/plugin-adapter.ts";
import type { Gateway } from "../gateway-core/gateway.ts";

/** Of all packages in `folder/node_modules`. One that cannot be loaded, or is refused, is said; the others join. */
export async function joinAdapterPackages(gateway: Gateway, folder: string, log: Log): Promise<void> {
  for (const { directory, name, plugins } of packagesIn(join(folder, "node_modules"))) {
    for (const file of Object.values(plugins)) {
      try {
        for (const adapter of await adaptersIn(join(directory, String(file)))) gateway.join(adapter, name);
      } catch (thrown) {
        const error = toHomeError(thrown);
        const cause = error.code === "internal" ? { cause: String(error.cause) } : {};
        log.write("error", "adapter-not-joined", { package: name, ...error.toBody(), ...cause });
      }
    }
  }
}

interface AdapterPackage {
  readonly directory: string;
  readonly name: string;
  /** Files by name. */
  readonly plugins: JsonObject;
}

function packagesIn(modules: string): AdapterPackage[] {
  const scopes = namesIn(modules).filter((name) => name.startsWith("@"));
  const scoped = scopes.flatMap((scope) => namesIn(join(modules, scope)).map((name) => `${scope}/${name}`));
  return [...namesIn(modules), ...scoped].flatMap((name) => {
    const directory = join(modules, name);
    const { keywords, "node-red": nodeRed } = manifestIn(directory);
    const plugins = isJsonObject(nodeRed) ? nodeRed["plugins"] : undefined;
    const isOne = Array.isArray(keywords) && keywords.includes(adapterPluginType);
    return isOne && isJsonObject(plugins) ? [{ directory, name, plugins }] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function manifestIn(directory: string): JsonObject {
  try {
    const manifest = jsonIn(readFileSync(join(directory, "package.json"), "utf8"));
    return isJsonObject(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

async function adaptersIn(file: string): Promise<unknown[]> {
  const loaded: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  const found: unknown[] = [];
  const registerPlugin = (_id: string, definition: unknown): void => {
    const { type, adapter } = isJsonObject(definition) ? definition : {};
    if (type === adapterPluginType) found.push(adapter);
  };
  if (typeof loaded.default === "function") await loaded.default({ plugins: { registerPlugin } });
  return found;
}
