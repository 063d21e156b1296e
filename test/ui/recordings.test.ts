import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import type { Recording } from "../../gateway-core/contract/recording.ts";
import { narrowed } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import type { Asked } from "./fake-gateway.ts";
import { type OpenHome, openHome } from "./open-home.ts";

const values = { power: true, transport: "playing", timeCode: "00:00:00:00", cassette: true };
const deck = narrowed(tape, "deck", values, { availabilityAt: Date.now() });
const whole: Recording = {
  ...{ id: "one", device: "deck", form: "mpegts", state: "whole", startedAt: Date.now() },
  ...{ seconds: 754, octets: 2_345_000_000 },
};
const clip: Recording = {
  ...{ ...whole, id: "two", form: "mp4", state: "converting", octets: 0, of: "one" },
  progress: { part: 0.42, speed: 11.5, remainingSeconds: 38 },
};

describe("The recordings in a sheet", () => {
  let open: OpenHome;
  afterEach(() => {
    vi.restoreAllMocks();
    open[Symbol.dispose]();
  });

  const asked = (path: string): Promise<Asked> =>
    until(() => {
      const at = open.gateway.asked.findIndex((one) => `${one.method} ${one.path}` === path);
      const [found] = at < 0 ? [] : open.gateway.asked.splice(at, 1);
      if (found === undefined) throw new Error(`not asked: ${path}`);
      return found;
    });
  async function listed(recordings: readonly Recording[], mayRecord = true): Promise<void> {
    (await asked("GET devices/deck/recordings")).answer(Response.json({ mayRecord, recordings }));
    await open.settled();
  }
  async function opened(language = "en"): Promise<void> {
    open = await openHome([{ ...deck, descriptor: { ...deck.descriptor, "gk:stream": true } }], language);
    open.home.querySelector<HTMLElement>(".tile-open")?.click();
  }
  const lines = () => [...open.home.querySelectorAll(".recording-words span")].map(({ textContent }) => textContent);

  it("are begun and ended by one button, told as they are, saved, converted and deleted", async () => {
    await opened();
    await listed([]);
    open.button("Record").click();
    const begin = await asked("POST devices/deck/recordings");
    expect(begin.body).toEqual({});
    begin.answer(Response.json({}, { status: 201 }));
    await listed([{ ...whole, state: "recording", seconds: 5, octets: 15_600_000 }]);
    expect(lines()).toEqual(["Recording · 0:05 · 16 MB"]);
    open.button("Stop recording").click();
    (await asked("POST recordings/one/stop")).answer(Response.json({}));
    await listed([whole]);
    expect(lines()).toEqual(["MPEG-2 TS · 12:34 · 2.3 GB"]);
    expect(open.home.querySelector(".recording a")?.getAttribute("href")).toBe("api/recordings/one/file");
    open.button(/^Make an MP4/).click();
    (await asked("POST recordings/one/clip")).answer(Response.json({ code: "recordings-full" }, { status: 507 }));
    await listed([whole, clip]);
    expect(open.home.querySelector(".recordings [role=alert]")?.textContent).toBe(
      "There is no room for more recordings",
    );
    expect(lines()[1]).toBe("Making an MP4 · 42 % · 11.5 times as fast as it plays · 0:38 left");
    const confirm = vi.spyOn(window, "confirm").mockReturnValueOnce(false).mockReturnValueOnce(true);
    open.button(/^Delete/).click();
    open.button(/^Delete/).click();
    (await asked("DELETE recordings/one")).answer(new Response(null, { status: 204 }));
    expect(confirm).toHaveBeenCalledTimes(2);
    confirm.mockRestore();
    await listed([]);
    expect(lines()).toEqual([]);
  });

  it("tell what is missing of them, and that nothing came", async () => {
    await opened();
    await listed([
      { ...whole, hasGaps: true },
      { ...whole, id: "three", state: "failed", reason: "device-silent" },
    ]);
    expect(lines()).toEqual(["MPEG-2 TS · 12:34 · 2.3 GB · Parts are missing", "Failed · Nothing came"]);
  });

  it("are not asked for again while nobody sees the page", async () => {
    const later: (() => void)[] = [];
    const original = window.setTimeout.bind(window);
    vi.spyOn(window, "setTimeout").mockImplementation(((act: () => void, delayMs?: number) =>
      delayMs === 15_000 ? later.push(act) : original(act, delayMs)) as typeof window.setTimeout);
    await opened();
    await listed([whole]);
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    later.shift()?.();
    await open.settled();
    expect(open.gateway.asked).toEqual([]);
    hidden.mockReturnValue(false);
    expect(later).toHaveLength(1);
    later.shift()?.();
    await listed([]);
  });

  it("have no deeds for who may only watch, and are not there where nothing is kept", async () => {
    await opened();
    await listed([whole], false);
    expect([...open.home.querySelectorAll(".recordings button")]).toEqual([]);
    expect(open.home.querySelectorAll(".recordings a")).toHaveLength(1);
    open[Symbol.dispose]();
    await opened();
    (await asked("GET devices/deck/recordings")).answer(Response.json({ code: "not-found" }, { status: 404 }));
    await open.settled();
    expect(open.home.querySelector(".recordings")).toBeNull();
  });

  it.each(["en", "ja"])("are good for everybody (%s)", async (language) => {
    await opened(language);
    await listed([whole, clip, { ...whole, id: "three", state: "failed", reason: "device-silent" }]);
    for (const animation of document.getAnimations()) animation.cancel();
    const { violations } = await axe.run(open.home, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
