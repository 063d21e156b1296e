import { describe, expect, it } from "vitest";
import type { HomeEvent } from "../../gateway-core/contract/messages.ts";
import type { PageEvent } from "../../gateway-core/contract/page.ts";
import { createLivePage } from "../../gateway-core/page/live-page.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lamp, sensor } from "../fakes/page-home.ts";

function open() {
  const host = fakeHost();
  const page = createLivePage({ host });
  const events: PageEvent[] = [];
  page.onEvent((event) => events.push(event));
  return { host, page, events };
}
const snapshot: HomeEvent = { type: "snapshot", devices: [lamp()] };

describe("The live page", () => {
  it("is empty and not live before the first snapshot", () => {
    expect(open().page.snapshot()).toMatchObject({ type: "snapshot", devices: [], isLive: false });
  });

  it("is made live by a snapshot of the home", () => {
    const { page, events } = open();
    page.receive(snapshot);
    expect(page.snapshot()).toMatchObject({ isLive: true, devices: [{ id: "lamp", tile: { toggle: "power" } }] });
    expect(events).toHaveLength(1);
  });

  it("tells each event of the home once, with one epoch and a sequence without gaps", () => {
    const { page, events } = open();
    page.receive(snapshot);
    page.receive({ type: "found", device: sensor() });
    page.receive({ type: "changed", device: "lamp", property: "power", value: false, at: 7 });
    page.receive({ type: "availability", device: "lamp", available: false, at: 8 });
    page.receive({ type: "event", device: "lamp", name: "x", data: null, at: 9 });
    page.receive({ type: "gone", device: "sensor" });
    page.reportResult({ id: "c", device: "lamp", request: { kind: "set", value: {} }, ok: true, value: {} });
    expect(events.map(({ type }) => type)).toEqual(["snapshot", "found", "change", "availability", "gone", "result"]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(events.map(({ epoch }) => epoch)).size).toBe(1);
    expect(page.snapshot().devices[0]).toMatchObject({ available: false, values: { power: { value: false, at: 7 } } });
  });

  it("has another epoch with each start", () => {
    const host = fakeHost();
    expect(createLivePage({ host }).snapshot().epoch).not.toBe(createLivePage({ host }).snapshot().epoch);
  });

  it("says that it gets no news when no wire leads to it, keeps what it knows, and is live again with the next", () => {
    const { page, events } = open();
    page.receive(snapshot);
    page.unwire();
    expect(events.at(-1)).toMatchObject({ type: "live", isLive: false });
    expect(page.snapshot().devices).toHaveLength(1);
    page.receive(snapshot);
    expect(page.snapshot().isLive).toBe(true);
  });

  it("does not repeat that it gets no news", () => {
    const { page, events } = open();
    page.unwire();
    expect(events).toEqual([]);
    page.receive(snapshot);
    page.unwire();
    page.unwire();
    expect(events.map(({ type }) => type)).toEqual(["snapshot", "live"]);
  });
});
