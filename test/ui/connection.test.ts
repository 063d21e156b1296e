import { describe, expect, it, vi } from "vitest";
import { frame } from "./open-home.ts";
import { json, useTimedHome } from "./timed-home.ts";

const at = useTimedHome();

describe("The connection", () => {
  it("comes back by itself where it was, without a word about a short gap", async () => {
    const { gateway, settled, home } = await at.start();
    const { epoch, seq } = gateway.feed.state;
    gateway.cut();
    await settled();
    at.report("lamp", "power", false);
    await at.pass(600);
    expect(gateway.connections).toEqual([`${epoch}:${seq}`, `${epoch}:${seq}`]);
    expect([at.power().ariaChecked, home.querySelector(".notice")]).toEqual(["false", null]);
  });

  it("follows what happened since the page was printed, and not only since it asked for the devices", async () => {
    const { gateway, settled } = await at.start(undefined, "en", ({ epoch, seq }) => {
      const home = document.createElement("gk-home");
      home.dataset["seq"] = `${epoch}:${seq - 1}`;
      home.innerHTML = frame();
      return home;
    });
    const { epoch, seq } = gateway.feed.state;
    await settled();
    expect(gateway.connections).toEqual([`${epoch}:${seq - 1}`]);
  });

  it("says that it is lost, tries less and less often, and is well again", async () => {
    const { gateway, settled, home } = await at.start();
    gateway.refusal = () => new Response("bad gateway", { status: 502 });
    gateway.cut();
    await settled();
    await at.pass(2_000);
    expect(home.querySelector(".notice")?.textContent).toMatch(/^Connection lost/);
    expect(at.stateOf("Light")).toBe("On · 70%");
    await at.pass(120_000);
    expect(gateway.connections.length).toBeGreaterThan(8);
    expect(gateway.connections.length).toBeLessThan(20);
    gateway.refusal = undefined;
    await at.pass(31_000);
    expect(home.querySelector(".notice")).toBeNull();
  });

  it.each([
    ["home-away", "The home cannot be reached just now."],
    ["page-not-wired", "This page is not connected to the home just now."],
  ])("says %s in words", async (code, words) => {
    const { gateway, settled, home } = await at.start();
    gateway.refusal = () => json({ code }, 503);
    gateway.cut();
    await settled();
    await at.pass(1_000);
    expect(home.querySelector(".notice")?.textContent).toContain(words);
  });

  it("is given up when nothing is heard for 30 s, and made anew", async () => {
    const { gateway } = await at.start();
    await at.pass(29_000);
    expect(gateway.connections).toHaveLength(1);
    await at.pass(2_000);
    expect(gateway.connections).toHaveLength(2);
  });

  it("is let go a minute after the tab was hidden, and made again when it is seen", async () => {
    const { gateway, settled } = await at.start();
    const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await at.pass(61_000);
    const before = gateway.connections.length;
    await at.pass(60_000);
    expect(gateway.connections).toHaveLength(before);
    visibility.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await settled();
    expect(gateway.connections).toHaveLength(before + 1);
    visibility.mockRestore();
  });
});
