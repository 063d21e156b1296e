/** The page's own words. The two dictionaries beside (page-texts/*.json) have this shape; `{name}` is filled in. */

import type { Texts } from "./descriptor.ts";

export type Language = keyof Texts;

export interface PageTexts {
  readonly home: string;
  readonly devices: string;
  readonly noDevice: string;
  readonly oneDevice: string;
  readonly manyDevices: string;
  readonly silentDevices: string;
  readonly otherPlaces: string;
  readonly searching: string;
  readonly searchingHint: string;
  readonly noNewsHint: string;
  readonly on: string;
  readonly off: string;
  readonly none: string;
  readonly notAnswering: string;
  /** Of a device without a descriptor: the provider is being asked, or has none. */
  readonly askingProvider: string;
  readonly notKnownYet: string;
  readonly justNow: string;
  readonly less: string;
  readonly more: string;
  readonly set: string;
  readonly close: string;
  readonly back: string;
  readonly detected: string;
  readonly confirm: string;
  readonly hold: string;
  readonly cancel: string;
  readonly retry: string;
  readonly sending: string;
  readonly sent: string;
  readonly done: string;
  readonly connecting: string;
  readonly homeAway: string;
  readonly notLive: string;
  readonly pageNotWired: string;
  /** `{protocol}` and `{reason}`. */
  readonly protocolAway: string;
  /** What people call a protocol. */
  readonly protocols: { readonly [protocol: string]: string };
  /** Why the devices of a protocol cannot be reached, by code; `other` for the rest. */
  readonly reasons: { readonly other: string; readonly [code: string]: string };
  readonly notFound: string;
  readonly account: string;
  readonly accountPage: string;
  readonly changePassword: string;
  readonly logOut: string;
  readonly favourites: string;
  readonly hidden: string;
  /** Leads to the form with which a device's appearance is chosen. */
  readonly edit: string;
  /** Said where nothing on the page is the person's to control. */
  readonly viewOnly: string;
  /** To see what the device sends. */
  readonly watch: string;
  readonly watchAgain: string;
  readonly notWatched: string;
  readonly inUse: string;
  /** It answers, and sends none. */
  readonly noPicture: string;
  /** What a person reads for an error code; `other` for the rest. */
  readonly errors: { readonly other: string; readonly [code: string]: string };
  /** How a tile says a measured value where its number alone would be unclear: `<kind>.<role>` → "room {value}". */
  readonly phrases: { readonly [kindAndRole: string]: string };
}

/** A language and its dictionary. */
export interface Speech {
  readonly language: Language;
  readonly texts: PageTexts;
}

/** Puts the values into the `{name}` places of a text. */
export function fill(text: string, values: { readonly [name: string]: string | number }): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
