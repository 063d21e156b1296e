import { describe, expect, it } from "vitest";
import { discPlayer, lock, videoDeck } from "../fakes/guarded-home.ts";
import { until } from "../until.ts";
import { json, useTimedHome } from "./timed-home.ts";

const at = useTimedHome();

const press = (button: Element, type: string, more: object = {}): boolean =>
  button.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, button: 0, ...more }));
const key = (button: Element, type: string, name: string, repeat = false): boolean =>
  button.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true, repeat }));
/** What the device was told. */
const asked = () =>
  at.open.gateway.asked.filter(({ method }) => method !== "GET").map(({ method, path, body }) => [method, path, body]);
const unlocked = ["PUT", "devices/lock/properties/mainElectricLock", false];

describe("A tape that goes to a time code", () => {
  const field = (): HTMLInputElement => {
    const found = at.open.home.querySelector<HTMLInputElement>("dialog input[name=value]");
    if (found === null) throw new Error("no field");
    return found;
  };

  it("is told the one that is written, which begins with where it is", async () => {
    await at.start([videoDeck()]);
    at.open.tile("Video deck").querySelector("a")?.click();
    await at.open.settled();
    expect([field().value, field().placeholder]).toEqual(["", "00:12:34:10"]);
    field().dispatchEvent(new FocusEvent("focus"));
    expect(field().value).toBe("00:12:34:10");
    field().value = "12 minutes";
    at.open.button("Go to time code").click();
    expect(asked()).toEqual([]);
    field().value = "00:20:00";
    at.open.button("Go to time code").click();
    await at.open.settled();
    expect(asked()).toEqual([["POST", "devices/deck/actions/seek", "00:20:00"]]);
  });
});

describe("A lock", () => {
  const hold = () => at.open.button(/^Hold to unlock/);

  it("is unlocked by a finger that stays for a second, and shows how long it still has to", async () => {
    await at.start([lock()]);
    press(hold(), "pointerdown");
    await at.pass(900);
    expect(hold().hasAttribute("data-held")).toBe(true);
    expect(asked()).toEqual([]);
    await at.pass(100);
    expect(asked()).toEqual([unlocked]);
    expect(hold().hasAttribute("data-held")).toBe(false);
  });

  it.each(["pointerup", "pointerleave", "pointercancel"])("is not unlocked by a touch (%s)", async (end) => {
    await at.start([lock()]);
    press(hold(), "pointerdown");
    await at.pass(500);
    press(hold(), end);
    // What the browser makes of it.
    hold().dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
    await at.pass(5_000);
    expect(asked()).toEqual([]);
    expect(at.open.home.querySelector("dialog[open]")).toBeNull();
  });

  it.each(["Enter", " "])("is unlocked by a key that stays down, and not by one that is pressed (%j)", async (name) => {
    await at.start([lock()]);
    expect(key(hold(), "keydown", name)).toBe(false);
    await at.pass(300);
    expect(key(hold(), "keyup", name)).toBe(false);
    await at.pass(5_000);
    expect(asked()).toEqual([]);
    key(hold(), "keydown", name);
    for (let time = 0; time < 10; time++) {
      await at.pass(100);
      key(hold(), "keydown", name, true);
    }
    expect(asked()).toEqual([unlocked]);
  });

  it("asks whoever cannot hold: a screen reader's press is a click of no pointer", async () => {
    await at.start([lock()]);
    hold().click();
    await at.open.settled();
    const dialog = at.open.home.querySelector<HTMLDialogElement>("dialog[open]");
    if (dialog === null) throw new Error("no question");
    expect(dialog.textContent).toContain("Do “Unlock” now?");
    at.open.button("Cancel", dialog).click();
    expect([dialog.open, asked()]).toEqual([false, []]);
    hold().click();
    at.open.button("Unlock", dialog).click();
    await at.open.settled();
    expect([dialog.open, asked()]).toEqual([false, [unlocked]]);
  });

  it("is locked until it says otherwise, and is asked at once to lock", async () => {
    await at.start([lock()]);
    press(hold(), "pointerdown");
    await at.pass(1_500);
    expect(at.stateOf("Electric lock")).toBe("Locked · Closed");
    expect(at.open.tile("Electric lock").ariaBusy).toBe("true");
    at.report("lock", "mainElectricLock", false);
    await at.open.settled();
    expect(at.stateOf("Electric lock")).toBe("Unlocked · Closed");
    at.open.button(/^Lock:/).click();
    await at.open.settled();
    expect(asked().at(-1)).toEqual(["PUT", "devices/lock/properties/mainElectricLock", true]);
  });

  it("takes nothing while it does not answer", async () => {
    await at.start([lock(true, { available: false })]);
    expect(hold().disabled).toBe(true);
  });
});

describe("The keys of a deck", () => {
  const down = () =>
    [...at.open.home.querySelectorAll(".key")].filter((one) => one.ariaPressed === "true").map((one) => one.ariaLabel);
  const waiting = () => [...at.open.home.querySelectorAll(".key[data-asked]")].map((one) => one.ariaLabel);

  it("say what the deck does, and which one is waited for", async () => {
    await at.start([videoDeck("stopped")]);
    expect(down()).toEqual(["Stop"]);
    at.open.button("Play").click();
    await at.open.settled();
    expect([down(), waiting()]).toEqual([["Stop"], ["Play"]]);
    expect(at.stateOf("Video deck")).toContain("Stopped");
    expect(asked()).toEqual([["PUT", "devices/deck/properties/transport", "playing"]]);
    at.report("deck", "transport", "playing");
    await at.open.settled();
    expect([down(), waiting()]).toEqual([["Play"], []]);
  });

  it("do what a deck without a settable state has for it", async () => {
    await at.start([discPlayer("playing")]);
    expect(down()).toEqual(["Play"]);
    at.open.button("Pause").click();
    await at.open.settled();
    expect(asked()).toEqual([["POST", "devices/disc/actions/pause", null]]);
    expect(waiting()).toEqual(["Pause"]);
    at.open.gateway.asked[0]?.answer(json({ value: null }));
    await until(() => expect(waiting()).toEqual([]));
    at.report("disc", "transport", "paused");
    await at.open.settled();
    expect(down()).toEqual(["Pause"]);
  });

  it("are large enough to touch on the smallest tile", async () => {
    await at.start([videoDeck()]);
    for (const one of at.open.home.querySelectorAll(".key")) {
      const { width, height } = one.getBoundingClientRect();
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    }
  });
});

describe("What a device asks before", () => {
  it("is asked in a dialog, and then done", async () => {
    await at.start([videoDeck()]);
    at.open.tile("Video deck").querySelector("a")?.click();
    await at.open.settled();
    const record = at.open.button(/^Record: /);
    record.click();
    await at.open.settled();
    const question = at.open.home.querySelector("dialog.ask[open]");
    if (question === null) throw new Error("no question");
    expect(asked()).toEqual([]);
    at.open.button("Record", question).click();
    await at.open.settled();
    expect(asked()).toEqual([["POST", "devices/deck/actions/record", null]]);
  });
});
