/** A device descriptor: a W3C WoT Thing Model 1.1 with `gk:` terms. The JSON Schema beside the catalogue is the law; these are its types. */

import type { Json, JsonObject } from "./json.ts";

/** A text in both languages of the product. */
export interface Texts {
  readonly en: string;
  readonly ja: string;
}

/** The closed list of device kinds: each has a tile anatomy and an icon. */
export type Kind =
  | "airConditioner"
  | "light"
  | "waterHeater"
  | "vtr"
  | "bathHeater"
  | "floorHeater"
  | "airCleaner"
  | "ventilationFan"
  | "shutter"
  | "lock"
  | "refrigerator"
  | "washer"
  | "cooker"
  | "tv"
  | "tuner"
  | "disc"
  | "camera"
  | "meter"
  | "solar"
  | "battery"
  | "evCharger"
  | "sensor"
  | "switch"
  | "generic";

/** What a property means to a person, whatever the protocol calls it. The schema closes the list. */
export type Role = string;

/** One branch of a `oneOf`: an enumeration word with its labels, or a number range. */
export interface Branch {
  readonly const?: Json;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly title?: string;
  readonly titles?: Texts;
  readonly readOnly?: boolean;
  /** What setting the word is called on a button: "Unlock", where the state is "Unlocked". */
  readonly "gk:deed"?: Texts;
  /** Of true or false: not set by a mere touch. */
  readonly "gk:confirm"?: boolean;
}

/** A TD data schema with our terms; also the schema that validates a command's value. */
export interface DataSchema {
  readonly title?: string;
  readonly titles?: Texts;
  readonly type?: string;
  readonly oneOf?: readonly Branch[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly unit?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly properties?: { readonly [name: string]: DataSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: DataSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  /** The text is octets in hexadecimal (RFC 4648 §8): for programs, not for people. */
  readonly contentEncoding?: "base16";
}

/** How a protocol carries a property or an action: read by that protocol's adapter alone. */
export type Binding = { readonly [protocol: string]: JsonObject };

export interface PropertyDescriptor extends DataSchema {
  readonly titles: Texts;
  readonly observable?: boolean;
  readonly "gk:role"?: Role;
  /** Kept off the tile: a setting of the device, or a technical fact about it. */
  readonly "gk:category"?: "config" | "diagnostic";
  /** Kept over time; `total`: a counter that only rises, of which is kept by how much. */
  readonly "gk:history"?: boolean | "total";
  /** Seconds to wait for confirmation of a set; default 10. */
  readonly "gk:settle"?: number;
  readonly "gk:presets"?: readonly Json[];
  readonly "gk:bind": Binding;
}

export interface ActionDescriptor {
  readonly titles: Texts;
  /** The key of a deck that it is (contract/transport.ts). */
  readonly "gk:role"?: Role;
  readonly input?: DataSchema;
  readonly "gk:bind": Binding;
  /** Ask the person before doing it. */
  readonly "gk:confirm"?: boolean;
  readonly "gk:starts"?: "stream";
}

/** Which found devices a descriptor is for; every member given must be equal, the most specific match wins. */
export type Match = { readonly protocol: string } & { readonly [key: string]: string };

export interface ScreenSection {
  readonly titles?: Texts;
  readonly items: readonly string[];
  readonly layout?: "row" | "column";
}

/** The model control screen. Names are those of properties and actions. */
export interface Screen {
  readonly tile?: {
    readonly toggle?: string;
    readonly value?: string;
    readonly state?: readonly string[];
    readonly control?: string;
  };
  readonly sections?: readonly ScreenSection[];
  readonly compact?: readonly string[];
}

export interface Descriptor {
  readonly "@context": Json;
  readonly "@type": "tm:ThingModel";
  readonly title: string;
  readonly titles: Texts;
  readonly version: { readonly model: string };
  readonly "gk:type": string;
  readonly "gk:kind": Kind;
  readonly "gk:match": readonly Match[];
  readonly "gk:screen"?: Screen;
  /** Pictures and sound can be watched; an adapter narrows it to devices that send any. */
  readonly "gk:stream"?: boolean;
  readonly properties: { readonly [name: string]: PropertyDescriptor };
  readonly actions?: { readonly [name: string]: ActionDescriptor };
}

/** Of a descriptor that stands in for one that nobody has. */
export const makeshiftVersion = "0.0.0";

/** What an adapter tells of a found device, to look its descriptor up. */
export type DescriptorKey = Match;
