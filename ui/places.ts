/** The sections of the page with their lists, kept as they stand: what the gateway printed in the same order is not touched. */

import type { PageDevice } from "../gateway-core/contract/page.ts";
import type { Place } from "../gateway-core/contract/page-look.ts";
import type { Speech } from "../gateway-core/contract/page-texts.ts";

interface Section {
  readonly root: Element;
  readonly list: Element;
}

export class Places {
  readonly #main: Element;
  readonly #speech: Speech;
  #sections = new Map<string, Section>();

  /** `main` may hold sections as gateway-core/page/html-places.ts prints them. */
  constructor(main: Element, speech: Speech) {
    this.#main = main;
    this.#speech = speech;
    for (const root of main.querySelectorAll<HTMLElement>(":scope > .place")) {
      const [heading, list] = [root.querySelector("h2"), root.querySelector(":scope > .tiles")];
      if (list !== null) this.#sections.set(`${root.dataset["place"]} ${heading?.textContent}`, { root, list });
    }
  }

  /** `empty` stands there in place of all of them. */
  show(places: readonly Place[], itemOf: (device: PageDevice) => Element, empty: () => Element): void {
    const shown = new Map<string, Section>();
    for (const place of places) {
      const title = place.title ?? this.#speech.texts.devices;
      const key = `${place.of} ${title}`;
      const section = this.#sections.get(key) ?? makeSection(place, title);
      setChildren(section.list, place.devices.map(itemOf));
      shown.set(key, section);
    }
    this.#sections = shown;
    setChildren(this.#main, shown.size === 0 ? [empty()] : Array.from(shown.values(), ({ root }) => root));
  }
}

/** What people hid is one touch away. */
function makeSection({ of, title }: Place, text: string): Section {
  const heading = document.createElement("h2");
  heading.textContent = text;
  if (title === null) heading.className = "unseen";
  const list = document.createElement("ul");
  list.className = "tiles";
  const root = document.createElement(of === "hidden" ? "details" : "section");
  root.className = of === "hidden" ? "place apart" : "place";
  root.dataset["place"] = of;
  if (of === "hidden") {
    const summary = document.createElement("summary");
    summary.append(heading);
    root.append(summary, list);
  } else {
    root.append(heading, list);
  }
  return { root, list };
}

/** Makes these the only elements in it, in this order, and moves none that stands right. */
function setChildren(parent: Element, wanted: readonly Element[]): void {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  let standing = parent.firstElementChild;
  for (const child of wanted) {
    if (child === standing) standing = standing.nextElementSibling;
    else parent.insertBefore(child, standing);
  }
}
