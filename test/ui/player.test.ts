import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../until.ts";
import { guid, problem, seeing, stands, type WatchedDeck, watchDeck } from "./watched-deck.ts";

describe("The player", () => {
  let open: WatchedDeck;
  afterEach(() => {
    vi.restoreAllMocks();
    open[Symbol.dispose]();
  });

  const watching = async (language?: string): Promise<void> => {
    open = await watchDeck(language);
  };
  it("opens from the tile's mark, and says that it connects, then that the tape stands", async () => {
    await watching();
    expect(open.words()).toBe("Connecting…");
    await (await open.begin()).close();
    (await open.asked("GET streams/s1")).answer(stands());
    (await open.asked("GET streams/s1/video")).answer(problem(504, { code: "device-silent" }));
    await until(() => expect(open.words()).toBe("Connected. Waiting for pictures…"));
    expect((await open.asked("GET streams/s1/video")).method).toBe("GET");
  });

  it("says in words why there is nothing to see, with what takes the room, and tries again when told to", async () => {
    await watching("ja");
    const inUse = [{ guid, plug: 0, channel: 1, units: 100 }, { guid: "0011223344556677" }];
    (await open.asked(`POST devices/${seeing.id}/stream`)).answer(problem(409, { code: "bus-full", inUse }));
    await until(() =>
      expect(open.words()).toContain(
        "いまは見られません：ほかの映像がAVバスを使用中です（ビデオデッキ、0011223344556677）",
      ),
    );
    open.button("もう一度見る").click();
    expect((await open.asked(`POST devices/${seeing.id}/stream`)).body).toEqual({});
  });

  it("gives the stream up with its sheet, and by its own button", async () => {
    await watching();
    await open.begin();
    open.button("Stop watching").click();
    await open.asked("DELETE streams/s1");
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
    (await open.asked(`POST devices/${seeing.id}/stream`)).answer(problem(409, { code: "bus-full" }));
    await until(() => expect(deed()).toBeUndefined());
  });

  it("asks for the quality that was chosen, without letting the session go", async () => {
    await watching();
    await open.beginWhole();
    const list = await until(() => {
      const found = open.home.querySelector<HTMLSelectElement>("select[aria-label=Quality]");
      if (found === null) throw new Error("no list");
      return found;
    });
    expect([...list.options].map(({ text }) => text)).toEqual(["Automatic", "480p", "240p"]);
    list.value = "low";
    list.dispatchEvent(new Event("change"));
    await open.asked("GET streams/s1/video");
    expect(open.gateway.asked.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("does not knock without a pause at a stream that went, though another quality is chosen meanwhile", async () => {
    await watching();
    await (await open.beginWhole()).close();
    (await open.asked("GET streams/s1")).answer(problem(404, { code: "not-found" }));
    const opening = await open.asked(`POST devices/${seeing.id}/stream`);
    const list = open.home.querySelector<HTMLSelectElement>("select[aria-label=Quality]");
    if (list === null) throw new Error("no list");
    list.value = "low";
    list.dispatchEvent(new Event("change"));
    const timers = vi.spyOn(window, "setTimeout");
    const away = () => problem(503, { code: "home-away" });
    opening.answer(away());
    (await open.asked(`POST devices/${seeing.id}/stream`)).answer(away());
    const isPause = (delayMs: number | undefined): boolean => [300, 600, 1_200, 2_400].includes(delayMs ?? 0);
    await vi.waitFor(() => expect(open.words()).toBe("The home cannot be reached. Trying again…"));
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
    await watching();
    expect(open.home.querySelector("dialog .rows")).toBeNull();
    await vi.waitFor(() => expect(later).toHaveLength(1));
    timers.mockRestore();
    later[0]?.();
    await open.settled();
    expect(open.home.querySelector("dialog .rows")).not.toBeNull();
  });

  it("takes its session anew when the old one ended because the home was away", async () => {
    await watching();
    await (await open.beginWhole()).close();
    (await open.asked("GET streams/s1")).answer(problem(503, { code: "home-away" }));
    await open.asked("DELETE streams/s1");
    // A gateway that has just come back has yet to find its devices.
    for (const code of ["home-away", "unknown-device"]) {
      (await open.asked(`POST devices/${seeing.id}/stream`)).answer(problem(503, { code }));
    }
    await open.begin("s2");
    expect(open.gateway.asked.filter(({ path }) => path.startsWith("streams/s1"))).toEqual([]);
  });

  it("lets go what a press asked for when its sheet goes before there is an answer", async () => {
    await watching();
    const { answer } = await open.asked(`POST devices/${seeing.id}/stream`);
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
