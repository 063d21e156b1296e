import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lampFile } from "../fakes/shipped-descriptor.ts";
import { genkan, type Home, startHome, until } from "../journeys/home.ts";
import { type HomeDevice, lanDevices } from "../journeys/home-states.ts";
import { panel } from "../journeys/panel.ts";
import { cut, type EditorClient, editorClient, type FlowNode } from "./editor-client.ts";

describe("In flows/whole-home.json the wires that descriptors travel by", () => {
  let home: Home;
  let editor: EditorClient;
  let whole: readonly FlowNode[];
  const deviceOf = async (kind: string): Promise<HomeDevice | undefined> =>
    (await lanDevices(home.addresses.lan)).find((device) => device.kind === kind);
  const hasLamp = async (): Promise<boolean> => (await deviceOf("light")) !== undefined;
  const descriptors = async (...words: string[]): Promise<void> => {
    const { code, stderr } = await genkan(["descriptors", ...words, "--state", home.folder]);
    expect([code, stderr]).toEqual([0, ""]);
  };
  /** Longer than question, answer and a second for the broker to notice take. */
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3_000));

  beforeAll(async () => {
    home = await startHome(["--editor", "--set", 'descriptors.withoutTypes=["echonet:0290"]']);
    editor = await editorClient(home.addresses);
    whole = await editor.flow();
    await until(async () => (await deviceOf("generic"))?.lookUp === "unknown", 20_000, "a lamp that nobody knows");
  });
  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  });

  it.each([
    ["that the question goes by", "genkan-translate-echonet", "genkan-link"],
    ["that the answer comes by", "genkan-link", "genkan-translate-echonet"],
  ])("when the one %s is cut, stop that and nothing else; restored, it comes at once", async (_which, from, to) => {
    await editor.deploy(cut(whole, from, to), "full");
    await settled();
    await descriptors("publish", lampFile);
    await settled();
    expect(await hasLamp()).toBe(false);
    await panel(home.addresses.panel).set("0130", "80", "30");
    await expect.poll(async () => (await deviceOf("airConditioner"))?.values["power"]?.value).toBe(true);
    await panel(home.addresses.panel).set("0130", "80", "31");
    await expect.poll(async () => (await deviceOf("airConditioner"))?.values["power"]?.value).toBe(false);
    await editor.deploy(whole, "full");
    await expect.poll(hasLamp).toBe(true);
    await descriptors("withdraw", "echonet:0290");
    await expect.poll(hasLamp).toBe(false);
  });
});
