/**
 * An adapter of another npm package, as it registers itself with Node-RED (docs/adapters.md): nothing of it is trusted, and
 * nothing of ours is imported by it but these types.
 */

import type { Adapter } from "./adapter.ts";
import type { Descriptor, Texts } from "./descriptor.ts";
import type { ErrorCode } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** The type of plug-in that carries one, `RED.plugins.registerPlugin(id, {type, adapter})`, and the keyword of its package. */
export const adapterPluginType = "genkan-adapter";

/** Counted up when the port changes so that an adapter made for the one before would not do. */
export const adapterApi = 1;

/** Beside what every adapter has; the contract of its sessions is the same. */
export interface PluginAdapter extends Adapter {
  readonly api: typeof adapterApi;
  /** `[a-z][a-z0-9]{1,31}`. Its devices have ids that begin with it and a hyphen, whatever it calls them itself. */
  readonly protocol: string;
  /** What the flow editor calls it. */
  readonly titles?: Texts;
  /** A JSON Schema (draft-07) of the settings `adapters.<protocol>`; without one there are none. */
  readonly config?: JsonObject;
  /** For devices that it finds, each a match of its own protocol alone. The user's own folders and the provider may know better. */
  readonly descriptors?: readonly Descriptor[];
}

/** What an adapter's failures may say: an Error whose `code` is one of these, or `{code, message}` in an Outcome. */
export const adapterCodes: readonly ErrorCode[] = [
  "address-unusable",
  "bus-full",
  "device-busy",
  "device-refused",
  "device-silent",
  "device-unavailable",
  "out-of-range",
  "read-only",
  "settings-invalid",
  "unknown-action",
  "unknown-device",
  "unknown-property",
  "value-invalid",
];
