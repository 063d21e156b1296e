/** The one line above the tiles that says why the values may be old, or devices missing. */

import type { Speech } from "../gateway-core/contract/page-texts.ts";
import { sayTroubles } from "../gateway-core/contract/page-words.ts";
import type { LiveDevices } from "./live-devices.ts";

/** Says it in `news`, or nothing there; what is said already is not said again. */
export function showNotice(news: Element | null, live: LiveDevices, speech: Speech): void {
  const text = sayNotice(live, speech);
  if (news === null || text === news.textContent) return;
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = text;
  news.replaceChildren(...(text === "" ? [] : [notice]));
}

function sayNotice({ reach, state }: LiveDevices, speech: Speech): string {
  const { texts } = speech;
  const said = {
    lost: texts.connecting,
    away: texts.homeAway,
    "not-wired": texts.pageNotWired,
    connecting: "",
    fine: "",
  };
  const isOld = !state.isLive && state.devices.size > 0;
  return said[reach] || (isOld ? texts.notLive : sayTroubles(state.troubles, speech));
}
