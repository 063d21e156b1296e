import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../until.ts";
import { problem, rungs, seeing, stands, type WatchedDeck, watchDeck } from "./watched-deck.ts";

describe("Who watches", () => {
  let open: WatchedDeck;
  afterEach(() => {
    vi.restoreAllMocks();
    open[Symbol.dispose]();
  });

  const watching = async (): Promise<void> => {
    open = await watchDeck();
  };

  const hide = (isHidden: boolean): void => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  /** Whoever waits so long is told at the test's command. */
  const waits = (longMs: number): (() => void)[] => {
    const later: (() => void)[] = [];
    const original = window.setTimeout.bind(window);
    vi.spyOn(window, "setTimeout").mockImplementation(((act: () => void, delayMs?: number) =>
      delayMs === longMs ? later.push(act) : original(act, delayMs)) as typeof window.setTimeout);
    return later;
  };

  it("has nothing asked for that nobody sees or hears for a while, and has it again with the page", async () => {
    await watching();
    await open.beginWhole();
    const later = waits(10_000);
    hide(true);
    expect(later).toHaveLength(1);
    expect(open.unread()).toEqual([]);
    later[0]?.();
    await open.asked("DELETE streams/s1");
    await open.settled();
    expect(open.unread()).toEqual([]);
    hide(false);
    await open.begin("s2");
  });

  it("has it go on in a window of its own above a page that is hidden", async () => {
    await watching();
    await open.beginWhole();
    const later = waits(10_000);
    const video = open.home.querySelector("video");
    vi.spyOn(document, "pictureInPictureElement", "get").mockReturnValue(video);
    hide(true);
    later.shift()?.();
    expect(later).toHaveLength(1);
    expect(open.unread()).toEqual([]);
  });

  it("has it again when a page that was left comes back as it was", async () => {
    await watching();
    await open.beginWhole();
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    await open.asked("DELETE streams/s1");
    expect(open.unread()).toEqual([]);
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    await open.begin("s2");
  });

  it("by keys keeps the focus: to the player when it comes, to its button when it goes, and in it when it begins anew", async () => {
    await watching();
    const player = () => open.home.querySelector<HTMLElement>("gk-player");
    (await open.asked(`POST devices/${seeing.id}/stream`)).answer(problem(409, { code: "bus-full" }));
    const again = await until(() => open.button("Watch again"));
    again.focus();
    again.click();
    await until(() => expect(document.activeElement).toBe(player()));
    const stop = open.button("Stop watching");
    stop.focus();
    stop.click();
    await until(() => expect(document.activeElement).toBe(open.button("Watch")));
    open.button("Watch").click();
    await until(() => expect(player()).not.toBeNull());
    await until(() => expect(document.activeElement).toBe(player()));
  });

  it("mutes it and fills the screen by keys, wherever in the sheet, but not while something is chosen", async () => {
    await watching();
    const video = open.home.querySelector("video");
    const filled = vi.spyOn(Element.prototype, "requestFullscreen").mockResolvedValue();
    const press = (key: string, on: Element | null): void =>
      void on?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const isMuted = video?.muted;
    press("m", open.home.querySelector(".sheet-head button"));
    expect(video?.muted).toBe(!isMuted);
    press("m", open.home.querySelector(".volume"));
    expect(video?.muted).toBe(!isMuted);
    press("f", open.home.querySelector("gk-player"));
    // With its keys, and not the pictures alone.
    expect(filled.mock.contexts).toEqual([open.home.querySelector(".player")]);
  });

  describe("in a browser that plays no stream of ours", () => {
    const canPlay = (list: "" | "maybe"): void => {
      vi.spyOn(MediaSource, "isTypeSupported").mockReturnValue(false);
      vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockReturnValue(list);
    };
    const motion = `GET devices/${seeing.id}/motion.jpg`;
    const head = (length: number) => `--picture\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`;
    const jpeg = async (color: string): Promise<Uint8Array<ArrayBuffer>> => {
      const canvas = new OffscreenCanvas(32, 24);
      const context = canvas.getContext("2d");
      if (context !== null) context.fillStyle = color;
      context?.fillRect(0, 0, 32, 24);
      return new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    };

    it("sees single pictures, without a session, is told when there are none, and sees them when there are", async () => {
      canPlay("");
      await watching();
      (await open.asked(motion)).answer(problem(504, { code: "device-silent" }));
      await until(() => expect(open.words()).toBe("Connected. Waiting for pictures…"));
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
      (await open.asked(motion)).answer(new Response(readable));
      const writer = writable.getWriter();
      const picture = await jpeg("#f00");
      await writer.write(new Uint8Array([...new TextEncoder().encode(head(picture.length)), ...picture]));
      const player = open.home.querySelector<HTMLElement>(".player");
      await until(() => expect(player?.dataset["state"]).toBe("pictures"));
      const canvas = open.home.querySelector("canvas");
      expect([canvas?.width, canvas?.height, canvas?.ariaLabel]).toEqual([32, 24, "Pictures of Video deck"]);
      expect(canvas?.getContext("2d")?.getImageData(16, 12, 1, 1).data[0]).toBeGreaterThan(200);
      expect([open.words(), open.home.querySelector("video")]).toEqual(["", null]);
      await writer.close();
      (await open.asked(motion)).answer(problem(503, { code: "device-unavailable" }));
      await until(() => expect(open.words()).toContain("Not answering"));
      expect(open.unread()).toEqual([]);
    });

    it("has it played by the browser itself, of a list once there is something in it", async () => {
      canPlay("maybe");
      await watching();
      (await open.asked(`POST devices/${seeing.id}/stream`)).answer(
        Response.json({ session: "s1", rungs }, { status: 201 }),
      );
      (await open.asked("GET streams/s1")).answer(stands());
      (await open.asked("GET streams/s1/high/index.m3u8")).answer(problem(504, { code: "device-silent" }));
      await until(() => expect(open.words()).toBe("Connected. Waiting for pictures…"));
      expect(open.home.querySelector("video")?.getAttribute("src") ?? "").not.toContain("m3u8");
      (await open.asked("GET streams/s1")).answer(stands());
      (await open.asked("GET streams/s1/high/index.m3u8")).answer(new Response("#EXTM3U"));
      await until(() =>
        expect(open.home.querySelector("video")?.getAttribute("src")).toBe("api/streams/s1/index.m3u8"),
      );
    });
  });
});
