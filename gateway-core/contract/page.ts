/** The control page as data: what the page builder makes of devices, the HTML renderer prints and the Lit application draws. */

import type { Appearance } from "./appearance.ts";
import type { Kind, Texts } from "./descriptor.ts";
import type { LookUp } from "./descriptor-events.ts";
import type { DeviceId, PropertyState } from "./device.ts";
import type { HistoryKind } from "./history.ts";
import type { Json } from "./json.ts";
import type { CommandResult } from "./messages.ts";
import type { TransportKey } from "./transport.ts";

export interface Option {
  readonly value: Json;
  readonly titles: Texts;
  /** The device reports it but cannot be told it. */
  readonly readOnly?: boolean;
  /** What setting it is called, where that is not its name. */
  readonly deed?: Texts;
  /** Not set by a mere touch: the hand stays on it, or a question is answered. */
  readonly asks?: true;
}

/** A key of a deck: it does `action`, or sets the property that its widget is of to `state`. */
export interface DeckKey {
  readonly key: TransportKey;
  readonly titles: Texts;
  /** The word of the device's state in which the key is down; null where none tells. */
  readonly state: string | null;
  readonly action?: string;
}

/** A value that is only read; `members` are those of an object, in order; `items` is what each of a list is. */
export interface TextWidget {
  readonly widget: "text";
  readonly unit: string;
  /** Of a number, to print its decimals; 0 when the descriptor tells none. */
  readonly step: number;
  readonly words: readonly Option[];
  readonly role: string;
  /** It can be set, but not by this person. */
  readonly isSet?: true;
  readonly members?: { readonly [name: string]: TextWidget & { readonly titles: Texts } };
  readonly items?: TextWidget;
}

/** What a person writes for an action that takes a text. */
export interface ActionField {
  /** Which texts it takes: a regular expression, as fields of HTML have them. */
  readonly pattern: string;
  /** The property that tells such a text, which one begins with. */
  readonly from?: string;
}

/** What the field of an action begins with; nothing where the device tells none that the action takes. */
export function fieldBegin({ values }: Pick<PageDevice, "values">, { from = "", pattern }: ActionField): string {
  const value = values[from]?.value;
  return typeof value === "string" && new RegExp(pattern).test(value) ? value : "";
}

/** The control for one property or action, decided once from its data schema. */
export type Widget = { readonly titles: Texts } & (
  | { readonly widget: "switch"; readonly on: Option; readonly off: Option; readonly settleMs: number }
  | {
      readonly widget: "stepper" | "slider";
      readonly minimum: number;
      readonly maximum: number;
      readonly step: number;
      /** As printed: "°C". */
      readonly unit: string;
      /** Words that the value may be beside a number, such as "not set". */
      readonly words: readonly Option[];
      readonly settleMs: number;
    }
  | {
      readonly widget: "segmented" | "buttons" | "select";
      readonly options: readonly Option[];
      readonly settleMs: number;
    }
  | {
      readonly widget: "transport";
      /** Every word that the device may report. */
      readonly options: readonly Option[];
      readonly keys: readonly DeckKey[];
      readonly settleMs: number;
    }
  | { readonly widget: "time"; readonly settleMs: number }
  | { readonly widget: "action"; readonly confirm: boolean; readonly field?: ActionField }
  | TextWidget
);

export interface PageTile {
  readonly toggle?: string;
  readonly value?: string;
  readonly state: readonly string[];
  readonly control?: string;
}

export interface PageSection {
  readonly titles: Texts;
  readonly items: readonly string[];
}

/** One device on the page. `tile`, `sections` and `compact` name entries of `widgets`. */
export interface PageDevice {
  readonly id: DeviceId;
  readonly kind: Kind;
  readonly title: string;
  readonly titles: Texts;
  readonly room: string | null;
  readonly available: boolean;
  readonly availabilityAt: number;
  /** Of a device that nobody here knows how to control: how far the search for its descriptor is. */
  readonly lookUp?: LookUp;
  /** What such a device told of itself, for who wants to find out what it is. */
  readonly detected?: string;
  /** What people chose; name and room are told above already. */
  readonly appearance?: Appearance;
  /** Told to who was granted only a part of it: how it appears to everybody is not theirs to choose. */
  readonly isPartial?: true;
  /** Its pictures can be watched, by this viewer. */
  readonly hasStream?: true;
  readonly tile: PageTile;
  readonly sections: readonly PageSection[];
  readonly compact: readonly string[];
  readonly widgets: { readonly [name: string]: Widget };
  /** Properties whose history is kept, the most telling first, and of which kind it is. */
  readonly histories?: { readonly [property: string]: HistoryKind };
  /** The roles of properties, so that a tile can pick its icon's state and accent: role → property. */
  readonly roles: { readonly [role: string]: string };
  readonly values: { readonly [property: string]: PropertyState };
}

/** `epoch` changes when the gateway starts anew; `seq` rises by one with each event of an epoch. */
export interface PageStamp {
  readonly epoch: string;
  readonly seq: number;
}

/** A protocol whose devices cannot be reached now, and the code of why; the message is for the home's own eyes. */
export type Trouble = { readonly protocol: string; readonly code: string };

/** page → access link, and the server-sent events of both. `isLive` is false while the page gets no news of the devices. */
export type PageEvent = PageStamp &
  (
    | {
        readonly type: "snapshot";
        readonly devices: readonly PageDevice[];
        readonly isLive: boolean;
        /** Absent where there is none. */
        readonly troubles?: readonly Trouble[];
      }
    | { readonly type: "found"; readonly device: PageDevice }
    | { readonly type: "gone"; readonly device: DeviceId }
    | {
        readonly type: "change";
        readonly device: DeviceId;
        readonly property: string;
        readonly value: Json;
        readonly at: number;
      }
    | { readonly type: "availability"; readonly device: DeviceId; readonly available: boolean; readonly at: number }
    | { readonly type: "result"; readonly result: CommandResult }
    | { readonly type: "live"; readonly isLive: boolean }
    /** All that there are now. */
    | { readonly type: "troubles"; readonly troubles: readonly Trouble[] }
  );
