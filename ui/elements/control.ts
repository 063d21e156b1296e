/** What the elements of the page share: the page around them, and a control on its way to be drawn. */

import type { Json } from "../../gateway-core/contract/json.ts";
import type { PageDevice, Widget } from "../../gateway-core/contract/page.ts";
import type { Speech } from "../../gateway-core/contract/page-texts.ts";
import type { Wish } from "../send-command.ts";

/** What elements need of the page around them. */
export interface Page {
  readonly speech: Speech;
  /** On a wall: no way leads out of the page. */
  readonly isKiosk: boolean;
  /** What the device is called whose id has this in it; undefined where none is shown. */
  titleOf(part: string): string | undefined;
  send(device: PageDevice, name: string, value: Json, delayMs?: number): void;
  retry(device: PageDevice, wish: Wish): void;
  /** What is asked of the device by that name and not yet answered. */
  wishOf(device: string, name: string): Wish | undefined;
}

/** A control on its way to be drawn. */
export interface Control<W extends Widget = Widget> {
  readonly widget: W;
  /** As the person wishes it; null while unknown. */
  readonly value: Json;
  readonly title: string;
  /** Names the device too: a list of controls is read without the tiles around it. */
  readonly label: string;
  readonly disabled: boolean;
  /** The device was asked for another value and has not answered yet. */
  readonly isAsked: boolean;
  readonly speech: Speech;
  /** Unique on the page. */
  readonly key: string;
  send(value: Json, delayMs?: number): void;
}
