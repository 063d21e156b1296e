/**
 * The tiles of the page. Each stands in a list item for as long as its device is there: first as the gateway printed it, a
 * working form, or in a large home as its name, its state and the way to its device; and as `<gk-tile>` once somebody comes
 * near, touches it, or something of a printed one is new.
 */

import type { DeviceId } from "../gateway-core/contract/device.ts";
import type { PageDevice } from "../gateway-core/contract/page.ts";
import type { GkSlider } from "./elements/gk-slider.ts";
import type { GkTile } from "./elements/gk-tile.ts";
import { sayWords, type TileWords } from "./tile-words.ts";
import { Turns } from "./turns.ts";

export interface TileSource {
  /** Gives the tile what is to be seen of the device; `former` is what stood in its place. */
  fill(tile: GkTile, device: DeviceId, former?: Element): void;
  /** What stands there of a device whose tile is not drawn yet; undefined of one that is not there any more. */
  wordsOf(device: DeviceId): TileWords | undefined;
}

export class Tiles {
  readonly turns = new Turns();
  readonly #items = new Map<DeviceId, HTMLElement>();
  readonly #source: TileSource;
  readonly #mould = makeMould();

  constructor(source: TileSource) {
    this.#source = source;
  }

  /** Takes over what the gateway printed; what stands there stays as it is. */
  adopt(main: Element): void {
    for (const tile of main.querySelectorAll<HTMLElement>(".tile[data-device]")) {
      const [device, item] = [tile.dataset["device"] ?? "", tile.parentElement];
      if (item === null) continue;
      this.#items.set(device, item);
      this.turns.wait(item, () => this.#draw(item, device));
    }
  }

  /** The item of the device. One that was not there yet is drawn at once, unless very many come. */
  of(device: PageDevice, isMany: boolean): HTMLElement {
    const known = this.#items.get(device.id);
    if (known !== undefined) return known;
    const item = this.#named(device.id);
    this.#items.set(device.id, item);
    const draw = (): void => this.#draw(item, device.id);
    if (isMany) this.turns.wait(item, draw);
    else this.turns.begin(item, draw);
    return item;
  }

  /** Something of the device is new. */
  tell(device: DeviceId): void {
    const item = this.#items.get(device);
    const tile = item?.querySelector<GkTile>(":scope > gk-tile");
    if (tile) this.#source.fill(tile, device);
    else if (item !== undefined && isNamed(item)) this.#say(item, device);
    else if (item !== undefined) this.turns.hurry(item);
  }

  /** Draws the device's tile now: somebody touched it. */
  touch(device: DeviceId): void {
    const item = this.#items.get(device);
    if (item === undefined || item.querySelector(":scope > gk-tile")) return;
    this.turns.forget(item);
    this.#replace(item, device);
  }

  /** The devices that are there; no other has a tile any more. */
  keep(devices: { has(device: DeviceId): boolean }): void {
    for (const [device, item] of this.#items) {
      if (devices.has(device)) continue;
      this.#items.delete(device);
      this.turns.forget(item);
    }
  }

  /** What somebody writes at the moment is not taken out of their hands. */
  #draw(item: HTMLElement, device: DeviceId): void {
    const field = item.querySelector<HTMLInputElement>("input:focus");
    if (field === null || field.value === field.defaultValue) this.#replace(item, device);
    else item.addEventListener("focusout", () => this.#draw(item, device), { once: true });
  }

  /** Whoever stands on a control or link stands on the drawn one of the same name. */
  #replace(item: HTMLElement, device: DeviceId): void {
    const focused = item.contains(document.activeElement) ? nameOf(document.activeElement) : undefined;
    const tile = document.createElement("gk-tile") as GkTile;
    this.#source.fill(tile, device, item.firstElementChild ?? item);
    item.replaceChildren(tile);
    tile.drawNow();
    if (focused !== undefined) void standOn(tile, focused);
  }

  #named(device: DeviceId): HTMLElement {
    const item = document.importNode(this.#mould, true);
    const tile = item.querySelector<HTMLElement>(".tile");
    if (tile !== null) tile.dataset["device"] = device;
    this.#say(item, device);
    return item;
  }

  #say(item: Element, device: DeviceId): void {
    const words = this.#source.wordsOf(device);
    if (words !== undefined) sayWords(item, words);
  }
}

/** Of which all items are copied that the gateway has not printed. */
function makeMould(): HTMLElement {
  const [item, tile, heading, link, state] = [make("li"), make("article"), make("h3"), make("a"), make("p")];
  link.className = "tile-open";
  link.ariaHasPopup = "dialog";
  tile.className = "tile ahead";
  state.className = "tile-state";
  heading.append(link);
  tile.append(heading, state);
  item.append(tile);
  return item;
}

const make = (name: string): HTMLElement => document.createElement(name);

const isNamed = (item: Element): boolean => item.firstElementChild?.classList.contains("ahead") === true;

const nameOf = (element: Element | null): string | undefined => element?.ariaLabel ?? element?.textContent ?? undefined;

async function standOn(tile: GkTile, name: string): Promise<void> {
  await Promise.all(Array.from(tile.querySelectorAll<GkSlider>("gk-slider"), ({ updateComplete }) => updateComplete));
  const all = [...tile.querySelectorAll<HTMLElement>("a, button, input, select, summary")];
  (all.find((one) => nameOf(one) === name) ?? all[0])?.focus({ preventScroll: true });
}
