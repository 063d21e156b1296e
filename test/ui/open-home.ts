/** Puts a `<gk-home>` over a fake gateway into the document, with the page's style sheet. */

import "../../ui/theme.css";
import "../../ui/styles/base.css";
import "../../ui/styles/page.css";
import "../../ui/styles/tile.css";
import "../../ui/styles/controls.css";
import "../../ui/styles/deck.css";
import "../../ui/styles/slider.css";
import "../../ui/styles/sheet.css";
import "../../ui/styles/history.css";
import "../../ui/styles/recordings.css";
import type { Device } from "../../gateway-core/contract/device.ts";
import "../../ui/drawing.ts";
import type { PageStamp } from "../../gateway-core/contract/page.ts";
import { GkHome } from "../../ui/elements/gk-home.ts";
import { wholeHome } from "../fakes/page-home.ts";
import { FakeGateway } from "./fake-gateway.ts";

customElements.define("gk-home", GkHome);

export interface OpenHome extends Disposable {
  readonly gateway: FakeGateway;
  readonly home: GkHome;
  /** The tile whose heading is `title`. */
  tile(title: string): HTMLElement;
  button(label: string | RegExp, within?: Element): HTMLButtonElement;
  /** Lets streams, promises and renderings settle; needs no timer of its own. */
  settled(): Promise<void>;
}

export async function openHome(
  devices: readonly Device[] = wholeHome(),
  language = "en",
  printed: string | ((stamp: PageStamp) => HTMLElement) = frame(),
): Promise<OpenHome> {
  const gateway = new FakeGateway(devices);
  document.documentElement.lang = language;
  const home = new GkHome();
  if (typeof printed === "string") home.innerHTML = printed;
  else printedInto(home, printed(gateway.feed.state));
  document.body.append(home);
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await nextTask();
  };
  await settled();
  const find = <E extends Element>(selector: string, matches: (element: E) => boolean, within: Element = home): E => {
    const found = [...within.querySelectorAll<E>(selector)].find(matches);
    if (found === undefined) throw new Error(`no ${selector} of that name in ${within.outerHTML}`);
    return found;
  };
  return {
    gateway,
    home,
    settled,
    tile: (title) => find<HTMLElement>(".tile", (tile) => tile.querySelector("h3")?.textContent === title),
    button: (label, within) =>
      find<HTMLButtonElement>("button", (button) => matches(button.ariaLabel ?? button.textContent, label), within),
    [Symbol.dispose]() {
      home.remove();
      history.replaceState(null, "");
      gateway.close();
    },
  };
}

function printedInto(home: HTMLElement, printed: HTMLElement): void {
  Object.assign(home.dataset, printed.dataset);
  home.innerHTML = printed.innerHTML;
}

/** What the gateway prints around the tiles of a home; `corner` is its menu, `note` stands above the tiles, `main` is they. */
export function frame({ corner = "", note = "", main = "<p>printed</p>" } = {}): string {
  return `<header class="top"><div><h1>Home</h1><p class="counts" role="status"></p></div>${corner}</header>${note}
    <div class="news" role="status"></div><main>${main}</main>`;
}

function matches(text: string, label: string | RegExp): boolean {
  return typeof label === "string" ? text.trim() === label : label.test(text);
}

/** A turn of the event loop that fake timers do not hold up. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
