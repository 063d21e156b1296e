/** The published package, as a stranger gets it: packed from a clean clone and installed beside a stock Node-RED. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";
import { launch } from "../journeys/browser.ts";
import { type Running, run, until } from "../journeys/home.ts";
import { panel } from "../journeys/panel.ts";

const editorPort = 18_801;
const nodeRed = (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as Manifest).devDependencies[
  "node-red"
];

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe("The package in a stock Node-RED", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-package-"));
  const [clone, user] = [join(folder, "clone"), join(folder, "user")];
  let runtime: ChildProcess;
  let simulated: Running;
  let browser: Browser;
  let editor: Page;
  const inFolder = (cwd: string, command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

  beforeAll(async () => {
    inFolder(folder, "git", "clone", "--quiet", packageRoot(), clone);
    inFolder(clone, process.execPath, "toolchain/bootstrap.js");
    inFolder(clone, "npm", "pack", "--silent", "--pack-destination", folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
    mkdirSync(user);
    writeFileSync(join(user, "package.json"), '{ "name": "stock", "private": true }\n');
    const settings = { uiHost: "127.0.0.1", telemetry: { enabled: false }, editorTheme: { tours: false } };
    writeFileSync(join(user, "settings.js"), `module.exports = ${JSON.stringify(settings)};\n`);
    inFolder(user, "npm", "install", "--no-audit", "--no-fund", `node-red@${nodeRed}`, join(folder, tarball));
    simulated = await run("simulated-home", ["--state", join(folder, "state")]);
    const red = join(user, "node_modules", "node-red", "red.js");
    runtime = spawn(process.execPath, [red, "--userDir", user, "--port", String(editorPort)], { stdio: "ignore" });
    await until(async () => (await fetch(`http://127.0.0.1:${editorPort}/`)).ok, 60_000, "the editor");
    browser = await launch();
    editor = await browser.newPage();
    await editor.goto(`http://127.0.0.1:${editorPort}/`);
    await editor.waitForSelector('.red-ui-palette-node[data-palette-type="genkan-control"]', { timeout: 60_000 });
  });

  afterAll(async () => {
    await browser?.close();
    runtime?.kill();
    await simulated?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("installs at most six runtime dependencies and no second Node-RED", () => {
    const own = join(user, "node_modules", "@genkan", "home-gateway");
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(own, "package.json"), "utf8"),
    ) as {
      dependencies?: object;
      optionalDependencies?: object;
    };
    expect(Object.keys({ ...dependencies, ...optionalDependencies }).length).toBeLessThanOrEqual(6);
    expect(readdirSync(own)).not.toContain("node_modules");
    expect(readdirSync(own)).not.toContain("toolchain");
  });

  it("loads every node without an error", async () => {
    const response = await fetch(`http://127.0.0.1:${editorPort}/nodes`, { headers: { accept: "application/json" } });
    const sets = (await response.json()) as { module: string; id: string; err?: unknown }[];
    const own = sets.filter(({ module }) => module === "@genkan/home-gateway");
    expect(own.length).toBeGreaterThanOrEqual(8);
    expect(own.filter(({ err }) => err !== undefined)).toEqual([]);
  });

  it("offers its example in the import menu; deployed, its buttons switch the lamp", async () => {
    await editor.evaluate(() =>
      (globalThis as unknown as EditorWindow).RED.actions.invoke("core:show-examples-import-dialog"),
    );
    const label = (text: string) =>
      editor.locator("#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label", { hasText: text }).first();
    await label("@genkan/home-gateway").click();
    await label("switch-the-lamp").click();
    await editor.click("#red-ui-clipboard-dialog-ok");
    await editor.click("#red-ui-header-button-deploy");
    await editor.waitForFunction(() => !(globalThis as unknown as EditorWindow).RED.nodes.dirty());
    const switches = panel((simulated.facts as { panel: string }).panel);
    await switches.set("0290", "80", "31");
    const press = async (name: string): Promise<void> => {
      const id = await editor.evaluate(
        (wanted) =>
          (globalThis as unknown as EditorWindow).RED.nodes
            .filterNodes({ type: "inject" })
            .find((node) => node.name === wanted)?.id,
        name,
      );
      const response = await fetch(`http://127.0.0.1:${editorPort}/inject/${id}`, { method: "POST" });
      expect(response.status).toBe(200);
    };
    await until(
      async () => {
        await press("on");
        await new Promise((resolve) => setTimeout(resolve, 500));
        return (await switches.read("0290", "80")) === "30";
      },
      20_000,
      "the lamp on",
    );
    await press("off");
    await until(async () => (await switches.read("0290", "80")) === "31", 5_000, "the lamp off");
  });
});

interface EditorWindow {
  readonly RED: {
    readonly actions: { invoke(name: string): void };
    readonly nodes: { dirty(): boolean; filterNodes(filter: object): { id: string; name: string }[] };
  };
}
