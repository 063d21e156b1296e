import { afterEach, expect, it, vi } from "vitest";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import { narrowed } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import { type OpenHome, openHome } from "./open-home.ts";

let open: OpenHome;
afterEach(() => open[Symbol.dispose]());

it("The player is fetched while the page is idle, once, where a device has pictures", async () => {
  const idle = vi.spyOn(window, "requestIdleCallback");
  // Tiles are drawn while the page is idle, too, and sooner.
  const fetches = () => idle.mock.calls.filter(([, options]) => options?.timeout === 2_000);
  const deck = (id: string, hasStream: boolean) => {
    const device = narrowed(tape, id, { power: true, transport: "stopped" }, { availabilityAt: Date.now() });
    return { ...device, descriptor: { ...device.descriptor, "gk:stream": hasStream } };
  };
  open = await openHome([deck("ieee1394-0800460102c46a01-tape0", false)]);
  expect(fetches()).toEqual([]);
  open[Symbol.dispose]();
  open = await openHome([deck("ieee1394-0800460102c46a01-tape0", true), deck("ieee1394-0800460102c46a02-tape0", true)]);
  await until(() => expect(fetches()).toHaveLength(1));
  await until(() => expect(customElements.get("gk-player")).toBeDefined());
});
