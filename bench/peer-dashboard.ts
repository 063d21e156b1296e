/** Node-RED with Dashboard 2 (`@flowfuse/node-red-dashboard`), as somebody runs it: a page of switches, each a node. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../host/package-root.ts";
import { freePort } from "./free-port.ts";

export interface PeerPage extends AsyncDisposable {
  readonly address: string;
  /** A selector of a control that can be used. */
  readonly control: string;
}

const patienceMs = 120_000;

const flowOf = (count: number): readonly object[] => [
  { id: "tab", type: "tab", label: "Home" },
  { id: "base", type: "ui-base", name: "Dashboard", path: "/dashboard", navigationStyle: "default" },
  {
    ...{ id: "theme", type: "ui-theme", name: "Default" },
    colors: {
      ...{ surface: "#ffffff", primary: "#0094ce", bgPage: "#eeeeee" },
      ...{ groupBg: "#ffffff", groupOutline: "#cccccc" },
    },
    sizes: { density: "default", pagePadding: "12px", groupGap: "12px", groupBorderRadius: "4px", widgetGap: "12px" },
  },
  {
    ...{ id: "page", type: "ui-page", name: "Home", ui: "base", path: "/home", icon: "home", layout: "grid" },
    ...{ theme: "theme", order: 1, className: "", visible: true, disabled: false },
    breakpoints: [{ name: "Default", px: "0", cols: "3" }],
  },
  {
    ...{ id: "group", type: "ui-group", name: "Home", page: "page", width: "6", height: "1", order: 1 },
    ...{ showTitle: true, className: "", visible: "true", disabled: "false", groupType: "default" },
  },
  ...Array.from({ length: count }, (_, at) => ({
    ...{ id: `switch${at}`, type: "ui-switch", z: "tab", name: "", label: `Light ${at + 1}`, group: "group" },
    ...{ order: at + 1, width: 0, height: 0, passthru: false, decouple: false, topic: "topic", topicType: "msg" },
    ...{ style: "", className: "", layout: "row-spread", clickableArea: "switch" },
    ...{ onvalue: "true", onvalueType: "bool", onicon: "", oncolor: "" },
    ...{ offvalue: "false", offvalueType: "bool", officon: "", offcolor: "" },
    ...{ x: 100, y: 40 * at, wires: [[]] },
  })),
];

/** `packages`: of fetchPeers. */
export async function openDashboard(packages: string, count: number): Promise<PeerPage> {
  const folder = await mkdtemp(join(tmpdir(), "genkan-dashboard-"));
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  // Node-RED looks for nodes where a person's own `npm install` puts them.
  symlinkSync(join(packages, "node_modules"), join(folder, "node_modules"));
  const dependencies = { "@flowfuse/node-red-dashboard": "*" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bench", version: "1.0.0", dependencies }));
  writeFileSync(join(folder, "flows.json"), JSON.stringify(flowOf(count)));
  const settings = {
    flowFile: "flows.json",
    uiHost: "127.0.0.1",
    uiPort: port,
    logging: { console: { level: "error" } },
  };
  writeFileSync(join(folder, "settings.cjs"), `module.exports = ${JSON.stringify(settings)};`);
  const program = join(packageRoot(), "node_modules", "node-red", "red.js");
  const child = spawn(process.execPath, [program, "--userDir", folder, "--settings", join(folder, "settings.cjs")], {
    stdio: "inherit",
  });
  const address = `http://127.0.0.1:${port}/dashboard/home`;
  await untilServed(address);
  return {
    ...{ address, control: ".v-switch input:enabled" },
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilServed(address: string): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const answer = await fetch(address).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`nothing is served at ${address}`);
}
