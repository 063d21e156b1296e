/** A device that the home knows no descriptor for, until its provider publishes one. */

import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lampFile } from "../fakes/shipped-descriptor.ts";
import { launch, loggedIn } from "./browser.ts";
import { genkan, type Home, startHome, until } from "./home.ts";
import { type HomeDevice, lanDevices } from "./home-states.ts";
import { subscribe } from "./mosquitto.ts";
import { panel } from "./panel.ts";

const withoutLamps = ["--set", 'descriptors.withoutTypes=["echonet:0290"]'];

export function unknownDeviceJourney(how: string, args: readonly string[]): void {
  describe(`A lamp in a home ${how} that has no descriptor for lamps`, () => {
    let home: Home;
    let browser: Browser;
    let outside: Page;
    let lamp: HomeDevice | undefined;
    const command = (...words: string[]) => genkan(["descriptors", ...words, "--state", home.folder, "--json"]);
    const find = async (): Promise<HomeDevice | undefined> =>
      (await lanDevices(home.addresses.lan)).find(({ id, kind }) =>
        lamp === undefined ? kind === "generic" : id === lamp.id,
      );
    const tile = (page: Page) => page.locator(`[data-device="${lamp?.id}"]`);
    const isOn = () => panel(home.addresses.panel).read("0290", "80");

    beforeAll(async () => {
      [home, browser] = await Promise.all([startHome([...args, ...withoutLamps]), launch()]);
      lamp = await until(find, 20_000, "a generic device");
      await panel(home.addresses.panel).set("0290", "80", "31");
      outside = await loggedIn(browser, home);
      await outside.evaluate(() => {
        document.body.dataset["same"] = "document";
      });
    });
    afterAll(async () => {
      await browser?.close();
      await home?.[Symbol.asyncDispose]();
    });

    it("has a page at once, says in words that the provider does not know it, and stands on the provider's worklist", async () => {
      await expect.poll(() => tile(outside).textContent()).toMatch(/provider does not know it yet/i);
      expect(await tile(outside).getByRole("switch").count()).toBe(0);
      const japanese = await fetch(home.addresses.lan, { headers: { "accept-language": "ja" } });
      expect(await japanese.text()).toContain("プロバイダーにもまだ情報がありません");
      const { code, stdout } = await command("wanted");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject([{ key: { protocol: "echonet", eojClass: "0x0290" }, homes: 1 }]);
      expect(stdout).not.toContain(home.addresses.number);
    });

    it("gets its own tile within seconds, without a reload, when the provider publishes its descriptor; a tap switches it", async () => {
      const { code, stdout } = await command("publish", lampFile);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject([{ type: "echonet:0290", isNew: true }]);
      const toggle = tile(outside).getByRole("switch");
      await expect.poll(() => toggle.getAttribute("aria-checked").catch(() => null)).toBe("false");
      expect(await outside.evaluate(() => document.body.dataset["same"])).toBe("document");
      await toggle.click();
      await expect.poll(isOn).toBe("30");
      await expect.poll(() => toggle.getAttribute("aria-checked")).toBe("true");
      using topics = subscribe(home.addresses.mqtt, `home/devices/${lamp?.id}/#`);
      await topics.see(/properties\/power$/, (payload) => payload === "true");
      expect(JSON.parse((await command("wanted")).stdout)).toEqual([]);
    });

    it("goes on with it when gateway and broker are cut off and the gateway starts anew alone", async () => {
      await home.kill("accessBroker");
      await home.kill("gateway");
      await home.restart("gateway");
      await expect.poll(async () => (await find())?.kind, { timeout: 30_000 }).toBe("light");
      const inside = await (await browser.newContext({ locale: "en" })).newPage();
      await inside.goto(home.addresses.lan);
      await tile(inside).getByRole("switch").click();
      await expect.poll(isOn).toBe("31");
    });

    it("is as unknown as before once the provider has withdrawn the descriptor and is there again", async () => {
      const { code, stderr } = await command("withdraw", "echonet:0290");
      expect([code, stderr]).toEqual([0, ""]);
      await home.restart("accessBroker");
      await expect.poll(async () => (await find())?.lookUp, { timeout: 45_000 }).toBe("unknown");
    });
  });
}
