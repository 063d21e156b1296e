import { describe, expect, it } from "vitest";
import { createKnownDevices } from "../../../access-broker/challenge/known-device.ts";
import { createNonces } from "../../../access-broker/challenge/nonces.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

describe("A nonce", () => {
  it("is good for its purpose, for what it is bound to, in its time, as it was made", async () => {
    const clock = new FakeClock();
    const nonces = createNonces(clock);
    const { nonce, expiresAt } = nonces.make("login", ["a", "b"]);
    expect(nonces.isGood(nonce, "login", ["a", "b"])).toBe(true);
    expect(nonces.isGood(nonce, "set-up", ["a", "b"])).toBe(false);
    // What is bound is not merely strung together.
    for (const bound of [["a"], ["ab"], ["a", "b", ""], ["b", "a"]])
      expect(nonces.isGood(nonce, "login", bound)).toBe(false);
    const flipped = `${nonce.slice(0, -2)}${nonce.at(-2) === "A" ? "B" : "A"}${nonce.at(-1)}`;
    const [random = "", expiry = "", signature = ""] = nonce.split(".");
    const later = (Number.parseInt(expiry, 36) + 60_000).toString(36);
    for (const bad of [flipped, `${random}.${later}.${signature}`, "", "x", `${nonce}x`, nonce.toUpperCase()]) {
      expect(nonces.isGood(bad, "login", ["a", "b"]), bad).toBe(false);
    }
    await clock.advance(expiresAt - clock.now() - 1);
    expect(nonces.isGood(nonce, "login", ["a", "b"])).toBe(true);
    await clock.advance(1);
    expect(nonces.isGood(nonce, "login", ["a", "b"])).toBe(false);
    expect(createNonces(clock).isGood(nonces.make("login", []).nonce, "login", [])).toBe(false);
  });

  it("is spent once, and remembered only until it would have expired", async () => {
    const clock = new FakeClock();
    const nonces = createNonces(clock);
    for (let n = 0; n < 10; n++) {
      const { nonce } = nonces.make("login", []);
      expect([nonces.spend(nonce), nonces.spend(nonce)]).toEqual([true, false]);
    }
    expect(nonces.remembered).toBe(10);
    await clock.advance(120_000);
    nonces.spend(nonces.make("login", []).nonce);
    expect(nonces.remembered).toBe(1);
  });

  it("is refused rather than remembered without bound", () => {
    const nonces = createNonces(new FakeClock());
    for (let n = 0; n < 50_000; n++) nonces.spend(`x${n}.zzzzzzzz.y`);
    expect(() => nonces.spend("one more")).toThrow(expect.objectContaining({ code: "too-many-attempts" }));
  });
});

describe("A known device", () => {
  it("is known again after a restart, by its own person at its own home, for half a year", async () => {
    const clock = new FakeClock();
    const token = createKnownDevices("secret", clock).remember("090-1", "hanako");
    const devices = createKnownDevices("secret", clock);
    const device = devices.find(token, "090-1", "hanako");
    expect(device).toMatch(/^[\w-]{16}$/);
    expect(devices.find(token, "090-1", undefined)).toBe(device);
    expect(devices.find(token, "090-1", "taro")).toBeUndefined();
    expect(devices.find(token, "090-2", "hanako")).toBeUndefined();
    expect(createKnownDevices("another", clock).find(token, "090-1", "hanako")).toBeUndefined();
    for (const bad of [undefined, "", "x.y", token.slice(1), `${token}x`])
      expect(devices.find(bad, "090-1", "hanako")).toBeUndefined();
    await clock.advance(180 * 24 * 60 * 60_000);
    expect(devices.find(token, "090-1", "hanako")).toBeUndefined();
  });
});
