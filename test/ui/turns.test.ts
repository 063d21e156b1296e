import { afterEach, describe, expect, it, vi } from "vitest";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { PageStamp } from "../../gateway-core/contract/page.ts";
import { renderHome } from "../../gateway-core/page/html.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { lock, videoDeck } from "../fakes/guarded-home.ts";
import { cooler, lamp, reportedAt } from "../fakes/page-home.ts";
import { type OpenHome, openHome } from "./open-home.ts";

const lamps = Array.from({ length: 60 }, (_, at) =>
  lamp({ id: `lamp-${at}`, title: `Lamp ${at}`, titles: { en: `Lamp ${at}`, ja: `照明${at}` } }),
);
const soon = { timeout: 30_000 };
/** Out of sight, but with its buttons. */
const far = "Lamp 20";

/** As a browser with script finds what the gateway prints of this state. */
function printed(devices: readonly Device[], { epoch, seq }: PageStamp, isWhole = false): HTMLElement {
  const options = { files: {}, speech: speechOf("en"), now: reportedAt, token: "T", isWhole };
  const pages = new Map(devices.map((device) => [device.id, buildPageDevice(device)]));
  const page = renderHome({ epoch, seq, isLive: true, devices: pages }, options);
  const home = new DOMParser().parseFromString(page, "text/html").querySelector<HTMLElement>("gk-home");
  if (home === null) throw new Error("no home was printed");
  for (const scriptless of home.querySelectorAll("noscript")) scriptless.remove();
  return home;
}

let opened: OpenHome | undefined;
afterEach(() => {
  opened?.[Symbol.dispose]();
  opened = undefined;
  window.scrollTo(0, 0);
});

/** The home as the gateway printed it of just what it is, or when it stood at `stamp`. */
async function open(devices: readonly Device[] = lamps, isWhole = false, former?: PageStamp): Promise<OpenHome> {
  opened = await openHome(devices, "en", (stamp) => printed(devices, former ?? stamp, isWhole));
  return opened;
}

const drawn = ({ home }: OpenHome) => home.querySelectorAll("gk-tile");
const headings = ({ home }: OpenHome) => [...home.querySelectorAll("h3")].map((heading) => heading.textContent);
const control = ({ tile }: OpenHome, title: string) => tile(title).querySelector<HTMLElement>("[role=switch]");

describe("Printed tiles", () => {
  it("stay where nobody looks, and are drawn where somebody comes near", async () => {
    const page = await open();
    await vi.waitFor(() => expect(page.tile("Lamp 0").closest("gk-tile")).not.toBeNull(), soon);
    expect(headings(page)).toEqual(lamps.map(({ titles }) => titles.en));
    const last = page.tile("Lamp 59");
    expect(last.closest("gk-tile")).toBeNull();
    last.scrollIntoView();
    await vi.waitFor(() => expect(page.tile("Lamp 59").closest("gk-tile")).not.toBeNull(), soon);
    expect(page.tile("Lamp 59").querySelectorAll("gk-slider")).toHaveLength(1);
    expect(headings(page)).toHaveLength(60);
  });

  it("are drawn wherever they stand when their device tells something new", async () => {
    const page = await open();
    page.gateway.live.receive({ type: "changed", device: "lamp-59", property: "power", value: false, at: Date.now() });
    await vi.waitFor(() => expect(page.tile("Lamp 59").closest("gk-tile")).not.toBeNull(), soon);
    expect(page.tile("Lamp 59").querySelector(".tile-state")?.textContent).toBe("Off");
    expect(page.tile("Lamp 58").closest("gk-tile")).toBeNull();
  });

  it("are all drawn anew when they were printed by a gateway that began anew since", async () => {
    const page = await open(lamps, false, { epoch: "former", seq: 7 });
    await vi.waitFor(() => expect(drawn(page)).toHaveLength(60), soon);
  });

  it("keep the focus of who stands on one while it is drawn", async () => {
    const page = await open();
    const before = control(page, far);
    before?.focus({ preventScroll: true });
    page.gateway.live.receive({ type: "changed", device: "lamp-20", property: "power", value: false, at: Date.now() });
    await vi.waitFor(() => expect(page.tile(far).closest("gk-tile")).not.toBeNull(), soon);
    expect(before?.isConnected).toBe(false);
    expect(document.activeElement).toBe(control(page, far));
  });

  it("are not taken from under a finger", async () => {
    const page = await open();
    const touched = page.tile("Lamp 59");
    touched.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    touched.scrollIntoView();
    page.gateway.live.receive({ type: "changed", device: "lamp-58", property: "power", value: false, at: Date.now() });
    await page.settled();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect([touched.isConnected, page.tile("Lamp 58").closest("gk-tile")]).toEqual([true, null]);
    window.dispatchEvent(new PointerEvent("pointerup"));
    await vi.waitFor(() => expect(page.tile("Lamp 58").closest("gk-tile")).not.toBeNull(), soon);
    expect(touched.isConnected).toBe(false);
  });

  it("keep what somebody writes in one until they leave it", async () => {
    const page = await open(lamps, true);
    const field = page.tile("Lamp 59").querySelector<HTMLInputElement>("input[type=number]");
    field?.focus({ preventScroll: true });
    if (field !== null) field.value = "33";
    page.gateway.live.receive({ type: "changed", device: "lamp-59", property: "power", value: false, at: Date.now() });
    page.gateway.live.receive({ type: "changed", device: "lamp-58", property: "power", value: false, at: Date.now() });
    await vi.waitFor(() => expect(page.tile("Lamp 58").closest("gk-tile")).not.toBeNull(), soon);
    expect([field?.isConnected, field?.value]).toEqual([true, "33"]);
    field?.blur();
    await vi.waitFor(() => expect(page.tile("Lamp 59").closest("gk-tile")).not.toBeNull(), soon);
  });
});

describe("A touch on a printed tile", () => {
  it("is answered by the script: it is sent, and shown at once, wherever the tile stands", async () => {
    const page = await open();
    control(page, far)?.click();
    await page.settled();
    expect(page.gateway.asked).toMatchObject([
      { method: "PUT", path: "devices/lamp-20/properties/power", body: false },
    ]);
    expect(control(page, far)?.ariaChecked).toBe("false");
    page.gateway.asked[0]?.answer(Response.json({ code: "device-silent" }, { status: 504 }));
    await page.settled();
    expect(page.tile(far).querySelector("[role=alert]")?.textContent).toContain("Power: No answer");
  });

  it("asks for the same as the drawn control: steps, deeds that were confirmed, keys of a deck", async () => {
    const above = lamps.slice(0, 20).map((device): Device => ({ ...device, appearance: { isFavourite: true } }));
    const page = await open([...above, cooler(), lock(), videoDeck("stopped")]);
    page.button(/Set temperature: raise$/).click();
    page.button(/^Unlock: /).click();
    page.button("Rewind").click();
    await page.settled();
    await vi.waitFor(() => expect(page.gateway.asked).toHaveLength(3), soon);
    expect(page.gateway.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["PUT", "devices/cooler/properties/targetTemperature", 27],
      ["PUT", "devices/lock/properties/mainElectricLock", false],
      ["PUT", "devices/deck/properties/transport", "rewinding"],
    ]);
  });

  it("reads a field as the gateway does: a number, a word, or else text", async () => {
    const page = await open(lamps, true);
    const form = page.tile("Lamp 59").querySelector<HTMLFormElement>(".tile-control form");
    const field = form?.querySelector<HTMLInputElement>("input[type=number]");
    if (field) field.value = "33";
    form?.requestSubmit();
    await page.settled();
    expect(page.gateway.asked).toMatchObject([{ path: "devices/lamp-59/properties/brightness", body: 33 }]);
  });

  it("opens the sheet by its name, and leaves a link with a modifier to the browser", async () => {
    const page = await open();
    const stay = (event: Event): void => event.preventDefault();
    const left = vi.fn<(event: Event) => boolean>(({ defaultPrevented }) => defaultPrevented);
    window.addEventListener("click", left);
    window.addEventListener("click", stay);
    const link = page.tile("Lamp 59").querySelector("a");
    link?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
    await page.settled();
    expect(page.home.querySelector("dialog.sheet")).toBeNull();
    link?.click();
    await page.settled();
    expect(page.home.querySelector("dialog.sheet h2")?.textContent).toBe("Lamp 59");
    expect(left.mock.results.map(({ value }) => value)).toEqual([false, true]);
    for (const listener of [left, stay]) window.removeEventListener("click", listener);
  });
});

describe("Tiles of a large home of which only the names were printed", () => {
  const many = Array.from({ length: 70 }, (_, at) =>
    lamp({ id: `lamp-${at}`, title: `Lamp ${at}`, titles: { en: `Lamp ${at}`, ja: `照明${at}` } }),
  );
  const stateOf = (page: OpenHome, title: string) => page.tile(title).querySelector(".tile-state")?.textContent;

  it("stay where they stand, say what is new of their device, and are drawn when somebody comes near", async () => {
    const page = await open(many);
    const last = page.tile("Lamp 69");
    expect([last.className, stateOf(page, "Lamp 69")]).toEqual(["tile ahead", "On · 70%"]);
    const { live } = page.gateway;
    live.receive({ type: "changed", device: "lamp-69", property: "power", value: false, at: Date.now() });
    live.receive({ type: "availability", device: "lamp-68", available: false, at: Date.now() });
    await vi.waitFor(() => expect(stateOf(page, "Lamp 69")).toBe("Off"), soon);
    expect(page.tile("Lamp 68").matches(".ahead[data-silent]")).toBe(true);
    expect([page.tile("Lamp 69"), last.closest("gk-tile")]).toEqual([last, null]);
    last.scrollIntoView();
    await vi.waitFor(() => expect(control(page, "Lamp 69")?.ariaChecked).toBe("false"), soon);
  });
});

describe("Tiles that were not printed", () => {
  it("are names and links until somebody comes near", async () => {
    const page = await openHome(lamps);
    opened = page;
    expect(headings(page)).toHaveLength(60);
    const last = page.tile("Lamp 59");
    expect([last.querySelector("a")?.getAttribute("href"), last.querySelectorAll("button").length]).toEqual([
      "devices/lamp-59",
      0,
    ]);
    expect(last.querySelector(".tile-state")?.textContent).toBe("On · 70%");
    last.querySelector("a")?.focus();
    last.scrollIntoView();
    await vi.waitFor(() => expect(control(page, "Lamp 59")).not.toBeNull(), soon);
    expect(document.activeElement).toBe(page.tile("Lamp 59").querySelector("a"));
  });

  it("are drawn at once when only few come", async () => {
    const page = await open();
    page.gateway.live.receive({ type: "found", device: lamp({ id: "new", titles: { en: "New", ja: "新" } }) });
    await page.settled();
    expect(page.tile("New").closest("gk-tile")).not.toBeNull();
  });
});
