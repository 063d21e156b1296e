import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import { boxesOf } from "../../ui/player/boxes-of.ts";
import usual from "../../ui/player/usual-stream.json" with { type: "json" };
import { narrowed } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import type { Asked } from "./fake-gateway.ts";
import { type OpenHome, openHome } from "./open-home.ts";

const guid = "0800460102c46a01";
const values = { power: true, transport: "stopped", timeCode: "00:00:00:00", cassette: true };
const seeing = narrowed(tape, `ieee1394-${guid}-tape0`, values, { availabilityAt: Date.now() });

describe("The player", () => {
  let open: OpenHome;
  afterEach(() => open[Symbol.dispose]());

  async function watching(language = "en"): Promise<OpenHome> {
    open = await openHome([{ ...seeing, descriptor: { ...seeing.descriptor, "gk:stream": true } }], language);
    open.home.querySelector<HTMLButtonElement>(".watch-mark")?.click();
    await until(() => expect(open.home.querySelector("gk-player .player")).not.toBeNull());
    return open;
  }
  const asked = (path: string): Promise<Asked> =>
    until(() => {
      const found = open.gateway.asked.find((one) => `${one.method} ${one.path}` === path);
      if (found === undefined) throw new Error(`not asked: ${path}`);
      open.gateway.asked.splice(open.gateway.asked.indexOf(found), 1);
      return found;
    }, 10_000);
  const problem = (status: number, body: object) => Response.json(body, { status });
  const words = () => open.home.querySelector(".player-words")?.textContent?.trim() ?? "";
  const rungs = [
    { name: "high", height: 480 },
    { name: "low", height: 240 },
  ];
  const stands = () => Response.json({ rungs, audioCount: 1 });
  /** The one answer to a press: a session, and its pictures as they come. */
  const begin = async (session = "s1") => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const headers = { location: `/api/streams/${session}`, "content-type": "video/mp4" };
    (await asked(`POST devices/${seeing.id}/stream`)).answer(new Response(readable, { status: 201, headers }));
    return writable.getWriter();
  };
  /** With its first octets, and so what there is to choose from. */
  const beginWhole = async () => {
    const pictures = await begin();
    await pictures.write(boxesOf(usual));
    (await asked("GET streams/s1")).answer(stands());
    return pictures;
  };

  it("opens from the tile's mark, and says that it connects, then that the tape stands", async () => {
    await watching();
    expect(words()).toBe("Connecting…");
    await (await begin()).close();
    (await asked("GET streams/s1")).answer(stands());
    (await asked("GET streams/s1/video")).answer(problem(504, { code: "device-silent" }));
    await until(() => expect(words()).toBe("Connected. Waiting for the device to play."));
    expect((await asked("GET streams/s1/video")).method).toBe("GET");
  });

  it("says in words why there is nothing to see, with what takes the room, and tries again when told to", async () => {
    await watching("ja");
    const inUse = [{ guid, plug: 0, channel: 1, units: 100 }, { guid: "0011223344556677" }];
    (await asked(`POST devices/${seeing.id}/stream`)).answer(problem(409, { code: "bus-full", inUse }));
    await until(() =>
      expect(words()).toContain("いまは見られません：ほかの映像がAVバスを使用中です（ビデオデッキ、0011223344556677）"),
    );
    open.button("もう一度見る").click();
    expect((await asked(`POST devices/${seeing.id}/stream`)).body).toEqual({});
  });

  it("gives the stream up with its sheet, and by its own button", async () => {
    await watching();
    await begin();
    open.button("Stop watching").click();
    await asked("DELETE streams/s1");
    await until(() => expect(open.home.querySelector("gk-player")).toBeNull());
    expect(open.button("Watch")).toBeDefined();
  });

  it("says over the picture what the tape does, and where it is, as it changes", async () => {
    await watching("ja");
    const deed = () => open.home.querySelector(".player-deed")?.textContent?.trim();
    expect(deed()).toBe("停止中 00:00:00:00");
    const tell = (property: string, value: string) =>
      open.gateway.live.receive({ type: "changed", device: seeing.id, property, value, at: Date.now() });
    tell("transport", "searching");
    tell("timeCode", "00:01:02:03");
    await until(() => expect(deed()).toBe("変速再生中 00:01:02:03"));
    (await asked(`POST devices/${seeing.id}/stream`)).answer(problem(409, { code: "bus-full" }));
    await until(() => expect(deed()).toBeUndefined());
  });

  it("asks for the quality that was chosen, without letting the session go", async () => {
    await watching();
    await beginWhole();
    const list = await until(() => {
      const found = open.home.querySelector<HTMLSelectElement>("select[aria-label=Quality]");
      if (found === null) throw new Error("no list");
      return found;
    });
    expect([...list.options].map(({ text }) => text)).toEqual(["Automatic", "480 lines", "240 lines"]);
    list.value = "low";
    list.dispatchEvent(new Event("change"));
    await asked("GET streams/s1/video");
    expect(open.gateway.asked.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("does not knock without a pause at a stream that went, though another quality is chosen meanwhile", async () => {
    await watching();
    await (await beginWhole()).close();
    (await asked("GET streams/s1")).answer(problem(404, { code: "not-found" }));
    const opening = await asked(`POST devices/${seeing.id}/stream`);
    const list = open.home.querySelector<HTMLSelectElement>("select[aria-label=Quality]");
    if (list === null) throw new Error("no list");
    list.value = "low";
    list.dispatchEvent(new Event("change"));
    const timers = vi.spyOn(window, "setTimeout");
    const away = () => problem(503, { code: "home-away" });
    opening.answer(away());
    (await asked(`POST devices/${seeing.id}/stream`)).answer(away());
    const isPause = (delayMs: number | undefined): boolean => [300, 700, 1_500].includes(delayMs ?? 0);
    await vi.waitFor(() => expect(timers.mock.calls.some(([, delayMs]) => isPause(delayMs))).toBe(true), 10_000);
    timers.mockRestore();
  });

  it("asks for its pictures at the press, and draws the rest of its sheet behind the first, or a little later", async () => {
    const later: (() => void)[] = [];
    const original = window.setTimeout.bind(window);
    const timers = vi
      .spyOn(window, "setTimeout")
      .mockImplementation(((act: () => void, delayMs?: number) =>
        delayMs === 200 ? later.push(act) : original(act, delayMs)) as typeof window.setTimeout);
    open = await openHome([{ ...seeing, descriptor: { ...seeing.descriptor, "gk:stream": true } }], "en");
    open.home.querySelector<HTMLButtonElement>(".watch-mark")?.click();
    await vi.waitFor(() => expect(open.home.querySelector("gk-player .player")).not.toBeNull());
    expect(open.home.querySelector("dialog .rows")).toBeNull();
    await vi.waitFor(() => expect(later).toHaveLength(1));
    timers.mockRestore();
    later[0]?.();
    await open.settled();
    expect(open.home.querySelector("dialog .rows")).not.toBeNull();
  });

  it("takes its session anew when the old one ended because the home was away", async () => {
    await watching();
    await (await beginWhole()).close();
    (await asked("GET streams/s1")).answer(problem(503, { code: "home-away" }));
    await asked("DELETE streams/s1");
    // A gateway that has just come back has yet to find its devices.
    for (const code of ["home-away", "unknown-device"]) {
      (await asked(`POST devices/${seeing.id}/stream`)).answer(problem(503, { code }));
    }
    await begin("s2");
    expect(open.gateway.asked.filter(({ path }) => path.startsWith("streams/s1"))).toEqual([]);
  });

  it("lets go what a press asked for when its sheet goes before there is an answer", async () => {
    await watching();
    const { answer } = await asked(`POST devices/${seeing.id}/stream`);
    open.home.querySelector("dialog")?.close();
    await vi.waitFor(() => expect(open.home.querySelector("gk-player")).toBeNull());
    const headers = { location: "/api/streams/s9" };
    answer(new Response(null, { status: 201, headers }));
    await open.settled();
    expect(open.gateway.asked.filter(({ method }) => method !== "DELETE")).toEqual([]);
  });

  it("has the control that moves the pictures below them, and nowhere else", async () => {
    await watching();
    const groups = open.home.querySelectorAll('dialog [role="group"][aria-label$="Tape transport"]');
    expect(groups).toHaveLength(1);
    expect(groups[0]?.closest(".player")).not.toBeNull();
  });

  it.each(["en", "ja"])("is good for everybody (%s)", async (language) => {
    await watching(language);
    for (const animation of document.getAnimations()) animation.cancel();
    const { violations } = await axe.run(open.home, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
