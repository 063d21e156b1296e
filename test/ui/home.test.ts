import { describe, expect, it, vi } from "vitest";
import { viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { cornerMenu } from "../../gateway-core/page/html-account.ts";
import { speechOf } from "../../gateway-core/page/language.ts";
import { lamp, sensor, wholeHome } from "../fakes/page-home.ts";
import { frame } from "./open-home.ts";
import { useTimedHome } from "./timed-home.ts";

const at = useTimedHome();
const printedAccount = cornerMenu({ viewer: "anna", look: {}, speech: speechOf("en"), root: "" }).text;

describe("The page in the browser", () => {
  it("takes over what was printed with the first news, and shows a tile for each device", async () => {
    const { home } = await at.start();
    expect(home.textContent).not.toContain("printed");
    expect(home.querySelectorAll(".tile")).toHaveLength(4);
    expect(home.querySelector(".counts")?.textContent).toBe("4 devices");
  });

  it("leaves what was printed while there is no news", async () => {
    vi.spyOn(window, "fetch").mockRejectedValue(new TypeError("offline"));
    const home = document.createElement("gk-home");
    home.innerHTML = "<p>printed</p>";
    document.body.append(home);
    await at.pass(5_000);
    expect(home.textContent).toBe("printed");
    home.remove();
  });

  it("shows a device's change without being asked", async () => {
    const { settled } = await at.start();
    expect(at.power().ariaChecked).toBe("true");
    at.report("lamp", "power", false);
    await settled();
    expect(at.power().ariaChecked).toBe("false");
    expect(at.stateOf("Light")).toBe("Off");
  });

  it("says in words that a device is silent, and lets nothing of it be touched", async () => {
    const { gateway, settled, tile, home } = await at.start();
    gateway.live.receive({ type: "availability", device: "lamp", available: false, at: Date.now() });
    await settled();
    expect(at.stateOf("Light")).toBe("Not answering · just now");
    expect(home.querySelector(".counts")?.textContent).toBe("4 devices · 1 not answering");
    expect([...tile("Light").querySelectorAll("button, input")].every((control) => control.matches(":disabled"))).toBe(
      true,
    );
    expect(getComputedStyle(tile("Light")).borderStyle).toBe("dashed");
    expect(getComputedStyle(tile("Light")).opacity).toBe("1");
    await at.pass(5 * 60_000);
    expect(at.stateOf("Light")).toBe("Not answering · 5m ago");
  });

  it("gives who may only look the values without controls, and leaves the note that says so", async () => {
    const { gateway, settled, home } = await at.start(
      wholeHome(),
      "en",
      frame({ note: '<p class="notice view-only">View only</p>' }),
    );
    expect(home.querySelector(".view-only")?.textContent).toBe("View only");
    gateway.grant = viewOnly(wholeGrant);
    gateway.cut();
    await at.pass(1_000);
    gateway.live.receive({ type: "snapshot", devices: wholeHome() });
    await settled();
    expect(home.querySelector(".view-only")?.textContent).toBe("View only");
    expect(home.querySelectorAll(".tile")).toHaveLength(4);
    expect(home.querySelectorAll("main :is(button, input, select)")).toHaveLength(0);
    expect(at.stateOf("Light")).not.toBe("");
  });

  it("takes devices in and lets them go", async () => {
    const { gateway, settled, home } = await at.start([lamp()]);
    gateway.live.receive({ type: "found", device: sensor() });
    await settled();
    expect(home.querySelectorAll(".tile")).toHaveLength(2);
    for (const device of ["lamp", "sensor"]) gateway.live.receive({ type: "gone", device });
    await settled();
    expect(home.textContent).toContain("Looking for devices");
    expect(home.textContent).not.toContain("No devices yet");
  });

  it("says one thing when it has no devices and no news of any", async () => {
    const { gateway, settled, home } = await at.start([]);
    gateway.live.unwire();
    await settled();
    expect(home.textContent).toContain("No news comes from the devices");
    expect(home.textContent).not.toMatch(/Looking for|last known/);
    expect(home.querySelector(".notice")).toBeNull();
  });

  it("keeps the printed menu of who looks in from outside", async () => {
    const { home, button } = await at.start(undefined, "en", frame({ corner: printedAccount }));
    expect(home.querySelector<HTMLFormElement>(".top form")?.getAttribute("action")).toBe("logout");
    const menu = home.querySelector("[popover]");
    button("Account of anna").click();
    expect(menu?.matches(":popover-open")).toBe(true);
    at.report("lamp", "power", false);
    await at.open.settled();
    expect(menu?.matches(":popover-open")).toBe(true);
  });

  it("says that it gets no news from the devices, and keeps the values", async () => {
    const { gateway, settled, home } = await at.start();
    gateway.live.receive({ type: "snapshot", devices: wholeHome() });
    gateway.feed.receive({
      type: "live",
      isLive: false,
      epoch: gateway.feed.state.epoch,
      seq: gateway.feed.state.seq + 1,
    });
    await settled();
    expect(home.querySelector(".notice")?.textContent).toMatch(/^No news/);
    expect(at.stateOf("Light")).toBe("On · 70%");
  });

  it("says which protocol cannot be reached, and no more when it can", async () => {
    const { gateway, settled, home } = await at.start();
    gateway.live.receive({ type: "snapshot", devices: wholeHome() });
    gateway.live.reportTroubles([{ protocol: "echonet", code: "address-unusable" }]);
    await settled();
    expect(home.querySelector(".notice")?.textContent).toMatch(/^ECHONET Lite cannot be reached: its port is taken/);
    gateway.live.reportTroubles([]);
    await settled();
    expect(home.querySelector(".notice")).toBeNull();
  });
});
