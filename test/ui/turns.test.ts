import { describe, expect, it, vi } from "vitest";
import { renderHome } from "../../gateway-core/page/html.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { lamp, reportedAt } from "../fakes/page-home.ts";
import { type OpenHome, openHome } from "./open-home.ts";
import "../../ui/elements/gk-home.ts";

const lamps = Array.from({ length: 60 }, (_, at) =>
  lamp({ id: `lamp-${at}`, title: `Lamp ${at}`, titles: { en: `Lamp ${at}`, ja: `照明${at}` } }),
);
const soon = { timeout: 30_000 };

/** As the gateway prints it. */
function printed(): string {
  const devices = new Map(lamps.map((device) => [device.id, buildPageDevice(device)]));
  const options = { files: {}, speech: speechOf("en"), now: reportedAt, token: "T" };
  const page = renderHome({ epoch: "e", seq: 1, isLive: true, devices }, options);
  return new DOMParser().parseFromString(page, "text/html").querySelector("gk-home")?.innerHTML ?? "";
}

const open = (): Promise<OpenHome> => openHome(lamps, "en", printed());
const waiting = ({ home }: OpenHome) => home.querySelectorAll("gk-tile form");
const headings = ({ home }: OpenHome) => [...home.querySelectorAll("h3")].map((heading) => heading.textContent);

describe("Many tiles", () => {
  it("are all there at once: the first drawn, the others as they were printed, until each had its turn", async () => {
    using page = await open();
    const all = headings(page);
    expect([all.length, new Set(all).size]).toEqual([60, 60]);
    expect(page.tile("Lamp 0").querySelectorAll("form")).toHaveLength(0);
    await vi.waitFor(() => expect(waiting(page)).toHaveLength(0), soon);
    expect(headings(page)).toEqual(all);
    expect(page.home.querySelectorAll(".tile")).toHaveLength(60);
  });

  it("tell the newest that is known when their turn comes", async () => {
    using page = await open();
    page.gateway.live.receive({ type: "changed", device: "lamp-59", property: "power", value: false, at: Date.now() });
    await vi.waitFor(() => expect(waiting(page)).toHaveLength(0), soon);
    expect(page.tile("Lamp 59").querySelector(".tile-state")?.textContent).toBe("Off");
  });

  it("keep the focus of who stands on one while it is drawn", async () => {
    using page = await open();
    const control = [...waiting(page)]
      .at(-1)
      ?.querySelector<HTMLElement>('[role="switch"], input:not([type="hidden"])');
    const name = control?.ariaLabel ?? "";
    expect(name).toMatch(/^Lamp \d+: /);
    control?.focus();
    await vi.waitFor(() => expect(waiting(page)).toHaveLength(0), soon);
    expect([document.activeElement?.ariaLabel, document.activeElement?.closest("form")]).toEqual([name, null]);
  });

  it("that were not printed are names and links until somebody comes near", async () => {
    using page = await openHome(lamps);
    expect(headings(page)).toHaveLength(60);
    const last = page.tile("Lamp 59");
    expect([last.querySelector("a")?.getAttribute("href"), last.querySelectorAll("button").length]).toEqual([
      "devices/lamp-59",
      0,
    ]);
    last.querySelector("a")?.focus();
    last.scrollIntoView();
    await vi.waitFor(() => expect(page.tile("Lamp 59").querySelectorAll("[role=switch]")).toHaveLength(1), soon);
    expect(document.activeElement).toBe(page.tile("Lamp 59").querySelector("a"));
  });
});
