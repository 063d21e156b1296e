import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, loggedIn } from "../journeys/browser.ts";
import { type Home, startHome, until } from "../journeys/home.ts";
import { type HomeDevice, lanDevices, untilFurnished } from "../journeys/home-states.ts";
import { publish, type Subscription, subscribe } from "../journeys/mosquitto.ts";
import { type Panel, panel } from "../journeys/panel.ts";
import { cut, type DeployKind, type EditorClient, editorClient, type FlowNode } from "./editor-client.ts";

describe("In flows/whole-home.json", () => {
  let home: Home;
  let browser: Browser;
  let outside: Page;
  let editor: EditorClient;
  let whole: readonly FlowNode[];
  let devices: Readonly<Record<string, HomeDevice>>;
  let switches: Panel;
  let topics: Subscription;
  const light = (): string => devices["light"]?.id ?? "";
  const onLan = async (): Promise<unknown> =>
    (await lanDevices(home.addresses.lan)).find(({ id }) => id === light())?.values["power"]?.value;
  const onMqtt = (): unknown => {
    const last = topics.messages.findLast(({ topic }) => topic === `home/devices/${light()}/properties/power`);
    return last === undefined ? undefined : JSON.parse(last.payload);
  };
  const outsideStatus = async (): Promise<number | undefined> => (await outside.reload())?.status();
  const switchAtDevice = (isOn: boolean): Promise<void> => switches.set("0290", "80", isOn ? "30" : "31");
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500));

  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome(["--editor"]), launch()]);
    devices = await untilFurnished(home.addresses.lan);
    switches = panel(home.addresses.panel);
    topics = subscribe(home.addresses.mqtt, "home/#");
    editor = await editorClient(home.addresses);
    whole = await editor.flow();
    outside = await loggedIn(browser, home);
    await switchAtDevice(false);
    await until(() => onMqtt() === false, 10_000, "the lamp off");
  });
  afterAll(async () => {
    topics?.[Symbol.dispose]();
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });

  it.each<[DeployKind]>([["nodes"], ["flows"], ["full"]])(
    "a deploy of kind %s loses no news and closes nothing",
    async (kind) => {
      await editor.deploy(
        whole.map((node) => ({ ...node, info: kind })),
        kind,
      );
      await switchAtDevice(true);
      await expect.poll(onMqtt, { timeout: 10_000 }).toBe(true);
      await expect.poll(onLan, { timeout: 10_000 }).toBe(true);
      await switchAtDevice(false);
      await expect.poll(onMqtt, { timeout: 10_000 }).toBe(false);
      await expect.poll(onLan, { timeout: 10_000 }).toBe(false);
      expect(await outsideStatus()).toBe(200);
    },
  );

  it("a cut before the page stops the page and only the page", async () => {
    await editor.deploy(cut(whole, "genkan-translate-echonet", "genkan-page"), "nodes");
    await settled();
    await switchAtDevice(true);
    await expect.poll(onMqtt, { timeout: 10_000 }).toBe(true);
    await settled();
    expect(await onLan()).toBe(false);
    await editor.deploy(whole, "nodes");
    await expect.poll(onLan, { timeout: 10_000 }).toBe(true);
    await switchAtDevice(false);
    await expect.poll(onLan, { timeout: 10_000 }).toBe(false);
  });

  it("a cut before the local broker stops the topics and only the topics; commands go on", async () => {
    await expect.poll(onMqtt, { timeout: 10_000 }).toBe(false);
    await editor.deploy(cut(whole, "genkan-translate-echonet", "genkan-mqtt"), "nodes");
    await settled();
    await publish(home.addresses.mqtt, `home/devices/${light()}/properties/power/set`, "true");
    await expect.poll(() => switches.read("0290", "80"), { timeout: 10_000 }).toBe("30");
    await expect.poll(onLan, { timeout: 10_000 }).toBe(true);
    await settled();
    expect(onMqtt()).toBe(false);
    await editor.deploy(whole, "nodes");
    await expect.poll(onMqtt, { timeout: 10_000 }).toBe(true);
    await switchAtDevice(false);
    await expect.poll(onMqtt, { timeout: 10_000 }).toBe(false);
  });

  it("a cut at ECHONET Lite translation stops page and topics; a tap at home still reaches the device", async () => {
    await expect.poll(onLan, { timeout: 10_000 }).toBe(false);
    const both = cut(cut(whole, "genkan-translate-echonet", "genkan-mqtt"), "genkan-translate-echonet", "genkan-page");
    await editor.deploy(both, "nodes");
    await settled();
    const response = await fetch(new URL(`/api/devices/${light()}/properties/power`, home.addresses.lan), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: "true",
    });
    expect(response.status).toBe(200);
    expect(await switches.read("0290", "80")).toBe("30");
    await settled();
    expect([onMqtt(), await onLan()]).toEqual([false, false]);
    await editor.deploy(whole, "nodes");
    await expect.poll(onMqtt, { timeout: 10_000 }).toBe(true);
    await expect.poll(onLan, { timeout: 10_000 }).toBe(true);
  });

  it("a cut at the access link takes the page from people outside and from nobody else", async () => {
    await editor.deploy(cut(whole, "genkan-page", "genkan-link"), "nodes");
    await expect.poll(outsideStatus, { timeout: 10_000 }).toBe(503);
    await switchAtDevice(false);
    await expect.poll(onLan, { timeout: 10_000 }).toBe(false);
    await editor.deploy(whole, "nodes");
    await expect.poll(outsideStatus, { timeout: 10_000 }).toBe(200);
  });

  it("a cut at discovery keeps what is known and finds nothing new until it is restored", async () => {
    await editor.deploy(cut(whole, "genkan-find-echonet", "genkan-translate-echonet"), "full");
    await settled();
    await switchAtDevice(true);
    await expect.poll(onLan, { timeout: 10_000 }).toBe(true);
    await editor.deploy([], "full");
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await editor.deploy(cut(whole, "genkan-find-echonet", "genkan-translate-echonet"), "full");
    await settled();
    expect(await lanDevices(home.addresses.lan)).toEqual([]);
    await editor.deploy(whole, "full");
    await expect.poll(async () => (await lanDevices(home.addresses.lan)).length, { timeout: 15_000 }).toBe(4);
  });
});
