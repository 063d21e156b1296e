/** What the doctor finds of the machine itself. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessBroker } from "../../../command/doctor/access-broker.ts";
import { clock } from "../../../command/doctor/clock.ts";
import { ffmpeg } from "../../../command/doctor/ffmpeg.ts";
import { interfaces } from "../../../command/doctor/interfaces.ts";
import { checkVersion, nodeVersion } from "../../../command/doctor/node-version.ts";
import { stateFolder } from "../../../command/doctor/state-folder.ts";
import { fileMemory } from "../../../host/system-host.ts";
import { openRig } from "../../access-broker/rig.ts";
import { examined } from "./examined.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-doctor-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
const here = (...args: string[]) => examined(["--state", folder, ...args]);

describe("The doctor finds of this machine", () => {
  it("what its Node runs: nothing, a gateway, everything", async () => {
    const state = (version: string) => checkVersion(version, "en").state;
    expect(["20.1.0", "22.8.9", "22.9.0", "24.6.0", "24.7.0", "26.0.0"].map(state)).toEqual([
      ...["fail", "fail", "warn", "warn", "ok", "ok"],
    ]);
    expect((await nodeVersion(here())).text).toContain(process.versions.node);
  });

  it("whether its state can be kept, also before the first start, and leaves nothing there", async () => {
    expect(await stateFolder(here())).toMatchObject({ state: "ok", text: expect.stringContaining("State is kept") });
    expect(await stateFolder(examined(["--state", join(folder, "a", "b")]))).toMatchObject({
      state: "ok",
      text: expect.stringContaining("will be kept"),
    });
    writeFileSync(join(folder, "file"), "");
    expect(await stateFolder(examined(["--state", join(folder, "file", "b")]))).toMatchObject({
      state: "fail",
      hint: expect.stringContaining("--state"),
    });
  });

  it("whether its clock stands before what was made here", async () => {
    expect(await clock(examined(["--state", join(folder, "none")]))).toMatchObject({ state: "ok" });
    mkdirSync(join(folder, "gateway"));
    writeFileSync(join(folder, "gateway", "x.json"), "{}");
    expect(await clock(here())).toMatchObject({ state: "ok" });
    const later = new Date(Date.now() + 86_400_000);
    utimesSync(join(folder, "gateway", "x.json"), later, later);
    expect(await clock(here())).toMatchObject({
      state: "warn",
      text: expect.stringContaining(later.toISOString().slice(0, 10)),
      hint: expect.stringContaining("timedatectl"),
    });
  });

  it("on which of its networks devices are looked for", async () => {
    const look = (addresses: readonly string[], ...args: string[]) => interfaces(examined(args, { addresses }));
    expect(await look(["192.168.1.5", "127.0.0.1"])).toMatchObject({
      state: "ok",
      text: expect.stringContaining("192.168.1.5"),
    });
    expect(await look(["127.0.0.1"])).toMatchObject({ state: "warn" });
    expect(await look([], "--interface", "eth9")).toMatchObject({
      state: "fail",
      text: expect.stringContaining("eth9"),
    });
  });

  it("which FFmpeg it has, if any that works", async () => {
    vi.stubEnv("PATH", folder);
    const without = await ffmpeg(here());
    expect(without.state === "warn" ? without.hint : without.text).toMatch(/ffmpeg/i);
    writeFileSync(join(folder, "ffmpeg"), "#!/bin/sh\necho 'ffmpeg version 7.1-home Copyright'\n");
    chmodSync(join(folder, "ffmpeg"), 0o755);
    expect(await ffmpeg(here())).toMatchObject({ state: "ok", text: expect.stringContaining("7.1-home") });
  });
});

describe("The doctor finds of the access broker", () => {
  it("that there is none, that it answers, and that it does not", { timeout: 60_000 }, async () => {
    expect(await accessBroker(here())).toMatchObject({ state: "ok", text: expect.stringContaining("Not enrolled") });
    await using rig = await openRig();
    const home = await rig.join(async () => new Response("home"));
    fileMemory(join(folder, "gateway")).write("registration", { ...home.registration });
    expect(await accessBroker(here())).toMatchObject({ state: "ok", text: expect.stringContaining(rig.authority("")) });
    expect(await clock(here())).toMatchObject({ state: "ok" });
    await home[Symbol.asyncDispose]();
    await rig.stop();
    expect(await accessBroker(here())).toMatchObject({ state: "fail", hint: expect.stringContaining("clock") });
  });

  it("that what is kept of the enrolment cannot be read", async () => {
    fileMemory(join(folder, "gateway")).write("registration", { v: 7 });
    expect(await accessBroker(here())).toMatchObject({
      state: "fail",
      text: expect.stringContaining("enrol it again"),
    });
    expect(await clock(here())).toMatchObject({ state: "ok" });
  });
});
