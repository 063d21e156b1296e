/** A tape that goes to a time code by itself, and plays at other speeds: as a person asks for it. */

import { describe, expect, it } from "vitest";
import { deck, avHome as home } from "./av-home.ts";

describe("A video deck", () => {
  it("goes to a time code: it winds there, says so, and stands at the picture", async () => {
    const { clock, values, invoke } = await home(["dv-deck"]);
    expect(await invoke(deck, "seek", "00:10:00:12")).toBeNull();
    expect(values(deck)["transport"]).toBe("fastForwarding");
    await clock.advance(10_000);
    expect(values(deck)).toMatchObject({ transport: "paused", timeCode: "00:10:00:12" });
    expect(await invoke(deck, "seek", "00:09:58")).toBeNull();
    await clock.advance(5_000);
    expect(values(deck)).toMatchObject({ transport: "paused", timeCode: "00:09:58:00" });
    for (const nowhere of ["10 minutes", "00:10:61:00", 600, null]) {
      expect(await invoke(deck, "seek", nowhere)).toBe("value-invalid");
    }
    expect(await invoke(deck, "seek", "02:00:00:00")).toBe("device-refused");
    expect(values(deck)["timeCode"]).toBe("00:09:58:00");
  });

  it("that cannot go to a time code by itself is not asked to", async () => {
    const { deviceOf, invoke } = await home([{ model: "dv-deck", tape: { searches: false } }]);
    const offered = Object.keys(deviceOf(deck)?.descriptor.actions ?? {});
    expect(offered).toContain("playFast");
    expect(offered).not.toContain("seek");
    expect(await invoke(deck, "seek", "00:10:00:00")).toBe("unknown-action");
  });

  it("plays at other speeds and either way, and says that it does", async () => {
    const { clock, values, invoke } = await home(["dv-deck"]);
    const [from, to] = ["playFast", "playFastReverse"].map((name) => async () => {
      expect(await invoke(deck, name)).toBeNull();
      await clock.advance(5_000);
      expect(values(deck)["transport"]).toBe("searching");
      return String(values(deck)["timeCode"]);
    });
    const ahead = (await from?.()) ?? "";
    expect(ahead > "00:02:20:00").toBe(true);
    expect(((await to?.()) ?? "") < ahead).toBe(true);
    expect(await invoke(deck, "nextFrame")).toBeNull();
    expect(values(deck)["transport"]).toBe("paused");
  });
});
