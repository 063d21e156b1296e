/** Text browsers on a terminal, by the keys that a person presses: log in, list the home, switch a light, set a temperature. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { password, user } from "../access-broker/rig.ts";
import { openTextRig, type TextRig } from "../journeys/text-rig.ts";
import { openTerminal } from "./terminal-screen.ts";

/** Says aloud what is not proven here. */
const have = (...names: readonly string[]): boolean => {
  const missing = names.filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length > 0) console.warn(`SKIPPED: ${missing.join(", ")} not installed, so nothing is proven about it`);
  return missing.length === 0;
};

describe("By its keys the home is used in", () => {
  let text: TextRig;
  beforeEach(async () => {
    text = await openTextRig();
  });
  afterEach(() => text?.[Symbol.asyncDispose]());

  const told = () => text.control.asked.map(({ device, request }) => [device, request]);
  const expected = [
    ["lamp", { kind: "property", name: "power", value: false }],
    ["cooler", { kind: "property", name: "targetTemperature", value: 24 }],
  ];

  it.runIf(have("lynx", "tmux"))("lynx", async () => {
    const options = ["-accept_all_cookies", "-display_charset=utf-8"];
    using lynx = openTerminal(["lynx", ...options, `${text.base}/`], text.environment);
    /** Finds a link by its words, and follows it. */
    const follow = async (words: string): Promise<void> => {
      lynx.press("/");
      await lynx.sees("Enter a whereis query");
      lynx.type(words);
      lynx.press("Enter");
      await expect.poll(() => lynx.read()).not.toContain("whereis");
      lynx.press("Enter");
    };
    await lynx.sees("Password");
    lynx.type(user);
    await lynx.sees(user);
    lynx.press("Down");
    lynx.type(password);
    lynx.press("Down", "Enter");
    expect(await lynx.sees("4 devices")).toContain("On · 70%");
    await follow("Light");
    await lynx.sees("Switch to Off");
    lynx.press("Enter");
    await lynx.sees("Done.");
    await follow("All devices");
    await lynx.sees("4 devices");
    await follow("Air");
    await lynx.sees("Set temperature");
    lynx.press("Down", "Down", "Down", "C-u");
    lynx.type("24");
    await lynx.sees("24___");
    lynx.press("Down", "Enter");
    await lynx.sees("Done.");
    expect(told()).toEqual(expected);
  });

  it.runIf(have("elinks", "tmux"))("elinks", async () => {
    const settings = [
      "set connection.ssl.cert_verify = 0",
      `set protocol.https.proxy.host = "${text.proxy}"`,
      "set document.browse.forms.confirm_submit = 0",
    ];
    writeFileSync(join(text.folder, "elinks.conf"), `${settings.join("\n")}\n`);
    const command = ["elinks", "-no-connect", "1", "-config-dir", text.folder, `${text.base}/`];
    using elinks = openTerminal(command, text.environment);
    /** Its last line says what the cursor stands on. */
    const fill = async (name: string, words: string, before: readonly string[] = []): Promise<void> => {
      await elinks.sees(new RegExp(`name ${name} \\(press Enter to edit`));
      elinks.press("Enter");
      await elinks.sees(new RegExp(`name ${name} \\(press Enter to post`));
      elinks.press(...before);
      elinks.type(words);
    };
    await fill("user", user);
    await elinks.sees(user);
    elinks.press("Down");
    await fill("password", password);
    await elinks.sees(/\*{16}/);
    elinks.press("Enter");
    expect(await elinks.sees("4 devices")).toContain("On · 70%");
    elinks.press("Down");
    await elinks.sees("/c/d/lamp");
    elinks.press("Enter");
    await elinks.sees("/c/d/lamp/p/power");
    elinks.press("Enter");
    await elinks.sees("Done.");
    elinks.press("End");
    await elinks.sees(/\/c\/$/m);
    elinks.press("Enter");
    await elinks.sees("/c/d/cooler");
    elinks.press("Enter");
    await elinks.sees("/c/d/cooler/p/power");
    elinks.press("Down", "Down", "Down");
    await fill("value", "24", ["End", "C-u"]);
    await elinks.sees("24____");
    elinks.press("Enter");
    await elinks.sees("Done.");
    expect(told()).toEqual(expected);
  });
});
