/** The one line above the tiles that says why the values may be old. */

import type { Speech } from "../gateway-core/contract/page-texts.ts";
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

function sayNotice({ reach, state }: LiveDevices, { texts }: Speech): string {
  const said = {
    lost: texts.connecting,
    away: texts.homeAway,
    "not-wired": texts.pageNotWired,
    connecting: "",
    fine: "",
  };
  return said[reach] || (state.isLive || state.devices.size === 0 ? "" : texts.notLive);
}
