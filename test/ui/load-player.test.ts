import { afterEach, expect, it, vi } from "vitest";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import { narrowed } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import { type OpenHome, openHome } from "./open-home.ts";

let open: OpenHome;
afterEach(() => {
  vi.restoreAllMocks();
  open[Symbol.dispose]();
});

const deck = (id: string, hasStream: boolean) => {
  const device = narrowed(tape, id, { power: true, transport: "stopped" }, { availabilityAt: Date.now() });
  return { ...device, descriptor: { ...device.descriptor, "gk:stream": hasStream } };
};
const first = "ieee1394-0800460102c46a01-tape0";

it("The player is fetched while the page is idle, once, where a device has pictures", async () => {
  const idle = vi.spyOn(window, "requestIdleCallback");
  // Tiles are drawn while the page is idle, too, and sooner.
  const fetches = () => idle.mock.calls.filter(([, options]) => options?.timeout === 2_000);
  open = await openHome([deck(first, false)]);
  expect(fetches()).toEqual([]);
  open[Symbol.dispose]();
  open = await openHome([deck(first, true), deck("ieee1394-0800460102c46a02-tape0", true)]);
  await until(() => expect(fetches()).toHaveLength(1));
  await until(() => expect(customElements.get("gk-player")).toBeDefined());
});

it("A source stands open before somebody watches, a press makes what plays it, and another stands open behind them", async () => {
  const opened = vi.spyOn(URL, "createObjectURL");
  const made = vi.spyOn(MediaSource.prototype, "addSourceBuffer");
  open = await openHome([deck(first, true)]);
  const watch = async (): Promise<void> => {
    open.home.querySelector<HTMLButtonElement>(".watch-button")?.click();
    await until(() => expect(open.home.querySelector("gk-player video")).not.toBeNull());
  };
  await watch();
  await until(() => expect(made).toHaveBeenCalledTimes(1));
  const before = opened.mock.calls.length;
  open.home.querySelector("dialog")?.close();
  await until(() => expect(opened).toHaveBeenCalledTimes(before + 1));
  expect(made).toHaveBeenCalledTimes(1);
  await watch();
  await until(() => expect(made).toHaveBeenCalledTimes(2));
  expect(opened).toHaveBeenCalledTimes(before + 1);
  const asked = open.gateway.asked.filter(({ method }) => method === "POST");
  expect(asked).toHaveLength(2);
});
