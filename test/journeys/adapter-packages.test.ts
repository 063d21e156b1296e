/** A package of somebody else's brings a protocol of its own into a running home; broken ones beside it are said, and break nothing. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";
import { editorClient } from "../flows/editor-client.ts";
import { ffmpeg } from "../media/clips.ts";
import { type Addresses, type Running, run } from "./home.ts";
import { lanDevices } from "./home-states.ts";

const root = packageRoot();
const picture = "testsrc2=size=320x240:rate=25";
/** As the program of a camera does: a transport stream, as fast as it is seen. */
const camera = [ffmpeg ?? "ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", picture, "-f", "mpegts", "-"];

const broken = {
  "genkan-adapter-newer": `module.exports = (RED) => RED.plugins.registerPlugin("newer", {
    type: "genkan-adapter", adapter: { api: 2, protocol: "newer", open() {} } });`,
  "genkan-adapter-throws": `console.log("not a word of the gateway's"); throw new Error("it does not load");`,
};

describe.each([
  ["in Node-RED", ["--editor"]],
  ["headless", ["--headless"]],
])("An adapter of another package, %s,", (_how, how) => {
  let folder: string;
  let led: string;
  let gateway: Running;
  let lan: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "genkan-adapters-"));
    led = join(folder, "brightness");
    writeFileSync(led, "0\n");
    installPackages(join(folder, "node-red"));
    const settings = [
      ...['home.interfaces=["127.0.0.1"]', 'ieee1394.bus="none"', "page.port=0", "localBroker.port=0"],
      `adapters.board=${JSON.stringify({ ledFile: led, cameraProgram: camera })}`,
    ];
    gateway = await run("gateway", ["--state", folder, ...how, ...settings.flatMap((one) => ["--set", one])]);
    ({ lan } = gateway.facts as { lan: string });
  });
  afterEach(async () => {
    await gateway?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const ledNow = async () => (await lanDevices(lan)).find(({ id }) => id === "board-led");

  it("brings its devices, which are switched and seen as any others; broken ones are said", async () => {
    await expect.poll(async () => (await ledNow())?.values["power"]?.value).toBe(false);
    expect((await lanDevices(lan)).map(({ id }) => id).sort()).toEqual(["board-camera", "board-led"]);
    const answer = await fetch(new URL("/api/devices/board-led/properties/power", lan), {
      ...{ method: "PUT", headers: { "content-type": "application/json" }, body: "true" },
    });
    expect([200, 202]).toContain(answer.status);
    await expect.poll(() => readFileSync(led, "utf8")).toBe("1");
    writeFileSync(led, "0\n");
    await expect.poll(async () => (await ledNow())?.values["power"]?.value).toBe(false);
    if (ffmpeg !== undefined) expect(await firstMedia(lan)).toContain("moof");
    expect(gateway.errors()).toMatch(/genkan-adapter-newer is refused: its api is 2/);
    expect(gateway.errors()).toMatch(/genkan-adapter-throws.*it does not load/);
    const { failed, editor } = gateway.facts as { failed: string[]; editor?: string };
    if (editor === undefined) return;
    expect(failed).toEqual([expect.stringMatching(/^discovery:newer: the adapter of genkan-adapter-newer is refused/)]);
    const client = await editorClient(gateway.facts as Addresses);
    expect(await client.read("genkan/adapters")).toEqual([
      { protocol: "board", titles: { en: "Single-board computer", ja: "ボードコンピューター" } },
      { protocol: "newer", titles: { en: "newer", ja: "newer" } },
    ]);
  });
});

/** As npm would leave them, and a flow in which the discoveries of their protocols lead to translation. */
function installPackages(folder: string): void {
  const modules = join(folder, "node_modules");
  const board = "genkan-adapter-board";
  cpSync(join(root, "test", "fixtures", board), join(modules, board), { recursive: true });
  for (const [name, source] of Object.entries(broken)) {
    mkdirSync(join(modules, name));
    const manifest = { name, version: "1.0.0", keywords: ["genkan-adapter"], "node-red": { plugins: { a: "a.js" } } };
    writeFileSync(join(modules, name, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(modules, name, "a.js"), source);
  }
  const flow: object[] = JSON.parse(readFileSync(join(root, "flows", "whole-home.json"), "utf8"));
  const more = ["board", "newer"].map((protocol) => ({
    ...{ id: `find-${protocol}`, type: "genkan-discovery", z: "genkan-whole-home", name: "", gateway: "genkan-home" },
    ...{ protocol, x: 200, y: 400, wires: [["genkan-translate-echonet"]] },
  }));
  writeFileSync(join(folder, "flows.json"), JSON.stringify([...flow, ...more]));
}

/** Reads until a fragment of the converted stream has come. */
async function firstMedia(lan: string): Promise<string> {
  const leave = new AbortController();
  const url = new URL("/api/devices/board-camera/stream", lan);
  const headers = { accept: "video/mp4", "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: "{}", signal: leave.signal });
  expect(answer.status).toBe(201);
  let text = "";
  for await (const piece of answer.body ?? []) {
    text += Buffer.from(piece).toString("latin1");
    if (text.includes("moof")) break;
  }
  leave.abort();
  return text;
}
