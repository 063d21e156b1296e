/** What is said of a device whose tile is not drawn yet: as the gateway prints it (gateway-core/page/html.ts). */

import type { PageDevice } from "../gateway-core/contract/page.ts";
import { sayState } from "../gateway-core/contract/page-words.ts";
import type { Page } from "./elements/control.ts";

export interface TileWords {
  readonly name: string;
  readonly state: string;
  readonly isSilent: boolean;
  /** Where its link leads. */
  readonly address: string;
}

export function tileWords(device: PageDevice, { speech, isKiosk }: Pick<Page, "speech" | "isKiosk">): TileWords {
  return {
    name: device.titles[speech.language],
    state: sayState(device, speech, Date.now()),
    isSilent: !device.available,
    address: `devices/${device.id}${isKiosk ? "?kiosk=1" : ""}`,
  };
}

/** Makes the item say it; what it says already is not said again. */
export function sayWords(item: Element, { name, state, isSilent, address }: TileWords): void {
  const [tile, link, line] = [item.firstElementChild, item.querySelector("a"), item.querySelector(".tile-state")];
  tile?.toggleAttribute("data-silent", isSilent);
  if (link !== null && link.getAttribute("href") !== address) link.href = address;
  if (link !== null && link.textContent !== name) link.textContent = name;
  if (line !== null && line.textContent !== state) line.textContent = state;
}
