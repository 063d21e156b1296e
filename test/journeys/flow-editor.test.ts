import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";
import { genkan, run } from "./home.ts";

describe("A gateway", () => {
  let folder: string;
  let args: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genkan-flow-"));
    const settings = ['home.interfaces=["127.0.0.1"]', "page.port=0", "localBroker.port=0"];
    args = ["--state", folder, ...settings.flatMap((setting) => ["--set", setting])];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The shipped flow with a node that the gateway does not load. */
  function spoilFlow(): void {
    const flow: object[] = JSON.parse(readFileSync(join(packageRoot(), "flows", "whole-home.json"), "utf8"));
    mkdirSync(join(folder, "node-red"), { recursive: true });
    const stranger = { id: "0123456789abcdef", type: "exec", wires: [] };
    writeFileSync(join(folder, "node-red", "flows.json"), JSON.stringify([...flow, stranger]));
  }

  it("ends when it is asked to, with its editor open in a browser", async () => {
    const gateway = await run("gateway", [...args, "--editor"]);
    const { editor } = gateway.facts as { editor: string };
    const comms = new WebSocket(`${editor.replace("http", "ws")}comms`);
    await new Promise((resolve) => {
      for (const type of ["open", "error"]) comms.addEventListener(type, resolve, { once: true });
    });
    await gateway[Symbol.asyncDispose]();
    expect(gateway.process.exitCode).toBe(0);
  });

  it("says which node a flow that does not start is stuck at, instead of waiting for ever", async () => {
    spoilFlow();
    const { code, stderr } = await genkan(["gateway", "--json", ...args]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/"code":"flow-invalid".*exec/)]);
  });

  it("opens its editor all the same, for there the flow is mended", async () => {
    spoilFlow();
    await using gateway = await run("gateway", [...args, "--editor"]);
    expect(gateway.facts).toMatchObject({ editor: expect.stringContaining("/editor/"), lan: "" });
  });
});
