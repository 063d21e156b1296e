/** What tile and sheet are both made of: one device as a person wished it, and its state in words. */

import type { PageDevice } from "../../gateway-core/contract/page.ts";
import { sayState } from "../../gateway-core/contract/page-words.ts";
import { asWished, type Wishes } from "../send-command.ts";
import type { Page } from "./control.ts";
import { LightElement } from "./light-element.ts";
import { isSlow } from "./wish-lines.ts";

export class DeviceElement extends LightElement {
  static override properties = {
    device: { attribute: false },
    wishes: { attribute: false },
    page: { attribute: false },
    minute: { attribute: false },
  };
  /** As the gateway reports it. */
  declare device: PageDevice;
  declare wishes: Wishes;
  declare page: Page;
  /** Changes once a minute, so that "5 minutes ago" stays true. */
  declare minute: number;

  /** The device as it is drawn, and the line that says how it is. */
  protected drawn(): { readonly device: PageDevice; readonly state: string } {
    const { speech } = this.page;
    const device = asWished(this.device, this.wishes);
    return { device, state: isSlow(this.wishes) ? speech.texts.sending : sayState(device, speech, Date.now()) };
  }
}
