/**
 * `<gk-home>`: the whole page. What the gateway printed stays and is made live where it stands: its forms are answered by
 * the script from the first news of the home on, and only what is looked at, touched or new is drawn (decision 012).
 */

import type { DeviceId } from "../../gateway-core/contract/device.ts";
import type { PageDevice, PageEvent } from "../../gateway-core/contract/page.ts";
import { placesOf } from "../../gateway-core/contract/page-look.ts";
import { sayCounts } from "../../gateway-core/contract/page-words.ts";
import { AwaitedDevice } from "../awaited-device.ts";
import { LiveDevices } from "../live-devices.ts";
import { inNextTask } from "../next-task.ts";
import { showNotice } from "../notice.ts";
import { Places } from "../places.ts";
import { readPrintedForm } from "../printed-form.ts";
import { Commands } from "../send-command.ts";
import { speechOfDocument } from "../speech.ts";
import { tileWords } from "../tile-words.ts";
import { Tiles } from "../tiles.ts";
import { Trends } from "../trends.ts";
import type { Page } from "./control.ts";
import type { GkEmpty } from "./gk-empty.ts";
import type { GkSheet } from "./gk-sheet.ts";
import type { GkTile } from "./gk-tile.ts";

const minuteMs = 60_000;
const trendMinutes = 10;
/** A finger's click comes a little after it was lifted. */
const liftMs = 50;
const lifts = ["pointerup", "pointercancel"];

export class GkHome extends HTMLElement {
  readonly #live = new LiveDevices();
  readonly #commands = new Commands(this.#live, (device) => this.#renew(device));
  readonly #speech = speechOfDocument();
  readonly #page: Page = {
    speech: this.#speech,
    isKiosk: new URLSearchParams(location.search).get("kiosk") === "1",
    titleOf: (part) => {
      const found = [...this.#live.state.devices.values()].find(({ id }) => id.includes(part));
      return found?.titles[this.#speech.language];
    },
    send: (device, name, value, delayMs) => this.#commands.send(device, name, value, delayMs),
    retry: (device, wish) => this.#commands.retry(device, wish),
    wishOf: (device, name) => this.#commands.of(device).get(name),
  };
  readonly #trends = new Trends();
  readonly #tiles = new Tiles({
    fill: (tile, id, former) => this.#fill(tile, id, former),
    wordsOf: (id) => {
      const device = this.#live.state.devices.get(id);
      return device && tileWords(device, this.#page);
    },
  });
  #places: Places | undefined;
  #sheet: GkSheet | undefined;
  readonly #awaited = new AwaitedDevice();
  #empty: GkEmpty | undefined;
  /** The device whose sheet is open. */
  #opened: DeviceId | null = openedInHistory();
  /** The sheet was opened to watch its device. */
  #isWatching = false;
  #minute = 0;
  /** `failed`: what was printed works without it. */
  #drawing: "loading" | "here" | "failed" = "loading";
  /** The devices were told once; who is told them again has missed something. */
  #hasNews = false;
  /** Of which devices something is new since it was last shown. */
  readonly #renewed = new Set<DeviceId>();
  /** Devices came, went, or may stand elsewhere. */
  #isArranged = false;
  #isPlanned = false;
  /** All that was known was shown once. */
  #isShown = false;
  #unsubscribe: () => void = () => undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.#unsubscribe = this.#live.subscribe(this.#receive);
    this.#ticking = setInterval(this.#tick, minuteMs);
    window.addEventListener("popstate", this.#travel);
    this.addEventListener("submit", this.#submit);
    this.addEventListener("click", this.#click);
    this.addEventListener("gk-watch", this.#watch);
    this.addEventListener("pointerdown", this.#touch);
    for (const type of lifts) window.addEventListener(type, this.#lift);
    // Each is as much as a slow telephone should do at a stretch.
    for (const deed of [this.#follow, this.#fetchDrawing]) inNextTask(() => this.isConnected && void deed());
  }

  disconnectedCallback(): void {
    this.#unsubscribe();
    this.#live.stop();
    clearInterval(this.#ticking);
    window.removeEventListener("popstate", this.#travel);
    for (const type of lifts) window.removeEventListener(type, this.#lift);
  }

  readonly #follow = (): void => this.#live.start(this.dataset["seq"]);

  readonly #fetchDrawing = async (): Promise<void> => {
    try {
      await import("../drawing.ts");
      this.#drawing = "here";
      this.#plan();
    } catch {
      this.#drawing = "failed";
      // Who touched something meanwhile should see what became of it.
      if ([...this.#renewed].some((device) => this.#commands.of(device).size > 0)) location.reload();
    }
  };

  readonly #receive = (event: PageEvent | undefined): void => {
    if (event !== undefined) this.#commands.receive(event);
    this.#awaited.hear(event);
    if (event?.type === "change" || event?.type === "availability") this.#renewed.add(event.device);
    if (event?.type === "found") this.#renewed.add(event.device.id);
    if (event?.type === "found" || event?.type === "gone") this.#isArranged = true;
    if (event?.type === "snapshot") {
      this.#isArranged = true;
      // What was printed of the same epoch is still true, or is told to be otherwise by what comes next.
      const isPrinted = !this.#hasNews && this.dataset["seq"]?.startsWith(`${event.epoch}:`) === true;
      this.#hasNews = true;
      if (!isPrinted) for (const { id } of event.devices) this.#renewed.add(id);
    }
    this.#plan();
  };

  #renew(device: DeviceId): void {
    this.#renewed.add(device);
    this.#plan();
  }

  /** What comes together is shown together. */
  #plan(): void {
    if (this.#isPlanned || this.#drawing !== "here" || this.#live.state.seq === 0) return;
    this.#isPlanned = true;
    const defer = this.#isShown ? queueMicrotask : inNextTask;
    defer(() => {
      this.#isPlanned = false;
      if (this.#isShown) this.#show();
      else this.#begin();
    });
  }

  /** The first time step by step: together they are more than a slow telephone should do at a stretch. */
  #begin(): void {
    const main = this.querySelector("main");
    if (main === null) return;
    this.#isShown = this.#places !== undefined && !this.#isArranged;
    if (this.#places === undefined) {
      this.#places = new Places(main, this.#speech);
      this.#tiles.adopt(main);
    } else if (this.#isShown) this.#show();
    else this.#arrange();
    if (!this.#isShown) this.#plan();
  }

  #show(): void {
    const { devices } = this.#live.state;
    if (this.#isArranged) this.#arrange();
    const [counts, said] = [this.querySelector(".counts"), sayCounts([...devices.values()], this.#speech)];
    // To say the same again would be to lay it out again.
    if (counts !== null && counts.textContent !== said) counts.textContent = said;
    showNotice(this.querySelector(".news"), this.#live, this.#speech);
    if (this.#empty !== undefined) this.#empty.isLive = this.#live.state.isLive;
    for (const device of this.#renewed) {
      if (this.#commands.of(device).size > 0) this.#tiles.touch(device);
      this.#tiles.tell(device);
    }
    this.#renewed.clear();
    this.#showSheet();
  }

  #arrange(): void {
    this.#isArranged = false;
    const { devices } = this.#live.state;
    const isMany = !this.#isShown && this.querySelector("main .tile") !== null;
    this.#places?.show(
      placesOf([...devices.values()], this.#speech),
      (device) => this.#tiles.of(device, isMany),
      () => this.#emptiness(),
    );
    this.#tiles.keep(devices);
    if (devices.size > 0) this.#empty = undefined;
  }

  #emptiness(): Element {
    this.#empty ??= Object.assign(document.createElement("gk-empty") as GkEmpty, { speech: this.#speech });
    return this.#empty;
  }

  /** What tile and sheet show of the device. */
  #shown(device: PageDevice): Pick<GkTile, "device" | "wishes" | "page" | "minute"> {
    return { device, wishes: this.#commands.of(device.id), page: this.#page, minute: this.#minute };
  }

  #fill(tile: GkTile, id: DeviceId, former?: Element): void {
    const device = this.#live.state.devices.get(id);
    if (device === undefined) return;
    if (former !== undefined) this.#trends.adopt(id, former);
    Object.assign(tile, this.#shown(device), { trend: this.#trends.of(id) });
  }

  /** The sheet of a device that went is no place to be in. */
  #showSheet(): void {
    const device = this.#awaited.find(this.#live.state.devices, this.#opened ?? "");
    if (device === undefined) {
      this.#close();
      this.#sheet?.remove();
      this.#sheet = undefined;
      return;
    }
    const isNew = this.#sheet === undefined;
    this.#sheet ??= document.createElement("gk-sheet") as GkSheet;
    Object.assign(this.#sheet, this.#shown(device));
    if (!isNew) return;
    this.#sheet.watching = this.#isWatching;
    this.#sheet.addEventListener("gk-close", this.#close);
    this.append(this.#sheet);
  }

  /** A curve of a day is true for some minutes, and since when a device is silent for one. */
  readonly #tick = (): void => {
    this.#minute++;
    for (const { id, available } of this.#live.state.devices.values()) if (!available) this.#renewed.add(id);
    this.#plan();
    if (this.#minute % trendMinutes !== 0 || document.hidden) return;
    void this.#trends.fetch().then((devices) => {
      for (const device of devices) this.#renew(device);
    });
  };

  /** A printed form is answered as a drawn control is. */
  readonly #submit = (event: SubmitEvent): void => {
    const asked = readPrintedForm(event);
    const device = this.#answered(asked?.device);
    if (asked === undefined || device === undefined) return;
    event.preventDefault();
    // It is drawn as soon as that can be; what was touched shows it at once.
    event.submitter?.closest(".tile")?.setAttribute("aria-busy", "true");
    if (event.submitter?.role === "switch") event.submitter.ariaChecked = String(asked.value);
    this.#commands.send(device, asked.name, asked.value);
  };

  /** With a modifier the link of a tile leads to the device's own page, as any link. */
  readonly #click = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest(".tile-open") : null;
    const device = this.#answered(link?.closest<HTMLElement>("[data-device]")?.dataset["device"]);
    if (device === undefined || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.#open(device.id);
  };

  /** The device, where the script can do more for it than the page as it was printed. */
  #answered(id: DeviceId | undefined): PageDevice | undefined {
    return this.#drawing === "failed" ? undefined : this.#live.state.devices.get(id ?? "");
  }

  readonly #watch = (event: Event): void => {
    this.#isWatching = true;
    if (event instanceof CustomEvent) this.#open(event.detail);
  };

  #open(device: DeviceId): void {
    this.#opened = device;
    history.pushState({ opened: device }, "");
    this.#plan();
  }

  /** Leaves the sheet's entry in the history too; once, for another step back would leave the page. */
  readonly #close = (): void => {
    if (this.#opened === null) return;
    this.#isWatching = false;
    this.#opened = null;
    history.back();
    this.#plan();
  };

  /** Back closes the sheet, forward opens it again. A dialog that is closed, not only removed, gives the focus back. */
  readonly #travel = (): void => {
    this.#opened = openedInHistory();
    if (this.#opened === null) this.querySelector<HTMLDialogElement>("dialog.sheet")?.close();
    this.#isWatching = false;
    this.#plan();
  };

  readonly #touch = ({ button }: PointerEvent): void => {
    if (button === 0) this.#tiles.turns.hold(true);
  };

  readonly #lift = (): void => void setTimeout(() => this.#tiles.turns.hold(false), liftMs);
}

/** The device whose sheet this entry of the history shows. */
function openedInHistory(): DeviceId | null {
  const state: { readonly opened?: unknown } | null = history.state;
  return typeof state?.opened === "string" ? state.opened : null;
}
