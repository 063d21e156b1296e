/** The node genkan-transcode in a real Node-RED without its editor: what flows see of it, and what a deploy leaves. */

import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { madeFrames } from "../av-sources/made-stream.ts";
import { until } from "../until.ts";
import type { Asked, Told } from "./node-red-process.ts";

type FlowNode = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), "genkan-transcode-runtime-"));
const [tape, film] = [join(folder, "tape.dv"), join(folder, "film.mp4")];
const pids = join(folder, "pids");

/** Proves itself, says how far it is, and goes on until its input ends; where it is told to, it goes on for ever. */
const program = join(folder, "ffmpeg");
const text = `#!/bin/sh
case "$*" in
  *-version*) echo "ffmpeg version 7 x";;
  *pipe:0*)
    echo $$ >> ${pids}
    for last; do :; done
    echo half > "\${last#file:}"
    while :; do echo out_time_us=1000000; echo speed=2x; sleep 0.1; [ -e ${join(folder, "endless")} ] || break; done
    exec cat > /dev/null;;
esac
`;

const node = (settings: FlowNode): FlowNode => ({
  ...{ id: "node", type: "genkan-transcode", z: "tab", x: 1, y: 1, profile: "h264", rung: "low", ffmpeg: program },
  ...{ wires: [["done"], ["progress"]], ...settings },
});
const flowOf = (settings: FlowNode = {}): readonly FlowNode[] => [
  { id: "tab", type: "tab", label: "" },
  node(settings),
  ...["done", "progress", "caught"].map((id) => ({ id, type: "junction", z: "tab", x: 1, y: 1, wires: [] })),
  { id: "catch", type: "catch", z: "tab", x: 1, y: 1, scope: null, wires: [["caught"]] },
];

describe("In Node-RED the node genkan-transcode", () => {
  const told: Extract<Told, { is: "message" }>[] = [];
  const statuses: string[] = [];
  const at = (id: string): readonly object[] => told.filter(({ to }) => to === id).map(({ message }) => message);
  const ask = (asked: Asked): void => void nodeRed.send(asked);
  const send = (payload: unknown): void => ask({ to: "node", payload });
  let nodeRed: ChildProcess;
  let hear: (is: Told["is"]) => void = () => undefined;
  /** Resolves with the next such word. */
  const next = (wanted: Told["is"]): Promise<void> =>
    new Promise((resolve) => {
      hear = (is) => {
        if (is === wanted) resolve();
      };
    });
  async function deploy(settings?: FlowNode): Promise<void> {
    const deployed = next("deployed");
    ask({ flows: flowOf(settings) });
    await deployed;
  }
  const running = (): number =>
    readFileSync(pids, "utf8")
      .split("\n")
      .filter((pid) => pid !== "" && existsSync(`/proc/${pid}`)).length;

  beforeAll(async () => {
    writeFileSync(tape, madeFrames(3));
    writeFileSync(program, text);
    chmodSync(program, 0o755);
    const nodeSource = fileURLToPath(new URL("../../nodes/genkan-transcode", import.meta.url));
    nodeRed = fork(fileURLToPath(new URL("node-red-process.ts", import.meta.url)), [folder, nodeSource], {
      execPath: process.execPath,
      execArgv: [],
    });
    nodeRed.on("message", (one: Told) => {
      if (one.is === "message") told.push(one);
      else if (one.is === "status" && one.of === "node") statuses.push(one.text);
      hear(one.is);
    });
    await next("ready");
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => nodeRed.once("close", resolve));
    nodeRed.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const file of ["endless", "film.mp4"]) rmSync(join(folder, file), { force: true });
    writeFileSync(pids, "");
    await deploy();
    for (const list of [told, statuses]) list.length = 0;
  });

  it("starts, tells how far it is, is done, and says so when asked", async () => {
    send({ input: tape, output: film });
    await until(() => expect(at("done")).toMatchObject([{ payload: { input: tape, output: film } }]));
    expect(at("progress")[0]).toMatchObject({ payload: { state: "converting", part: 0 } });
    expect(at("progress").at(-1)).toMatchObject({ payload: { state: "done", part: 1 } });
    expect([readFileSync(film, "utf8"), statuses.at(-1), running()]).toEqual(["half\n", "status.done", 0]);
    send("status");
    await until(() => expect(at("progress").at(-1)).toMatchObject({ payload: { state: "done", output: film } }));
    expect(at("caught")).toEqual([]);
  });

  it("stops when told and leaves nothing; what is refused meanwhile is caught, and disturbs nothing", async () => {
    writeFileSync(join(folder, "endless"), "");
    send({ input: tape, output: film });
    await until(() => expect(at("progress").at(-1)).toMatchObject({ payload: { seconds: 1, speed: 2 } }));
    send({ input: tape, output: join(folder, "other.mp4") });
    await until(() => expect(at("caught")).toMatchObject([{ error: { code: "device-busy" } }]));
    send("status");
    await until(() => expect(at("progress").at(-1)).toMatchObject({ payload: { state: "converting", output: film } }));
    expect(statuses.some((status) => status.includes("busy"))).toBe(false);
    send("stop");
    await until(() => expect(at("progress").at(-1)).toMatchObject({ payload: { state: "stopped" } }));
    expect([running(), readdirSync(folder).filter((name) => name.includes("mp4"))]).toEqual([0, []]);
    expect([at("done"), at("caught").length, statuses.at(-1)]).toEqual([[], 1, "status.stopped"]);
  });

  it.each([
    ["a payload that is none", {}, "go", "command-invalid"],
    ["paths that are not absolute", {}, { input: "tape.dv", output: "film.mp4" }, "command-invalid"],
    ["an input that is no recording", {}, { input: program, output: film }, "value-invalid"],
    ["an input that is not there", {}, { input: join(folder, "none"), output: film }, "value-invalid"],
    ["another profile than there is", { profile: "av1" }, { input: tape, output: film }, "settings-invalid"],
    ["another rung than there is", { rung: 720 }, { input: tape, output: film }, "settings-invalid"],
    ["a setting of another kind", { ffmpeg: {} }, { input: tape, output: film }, "settings-invalid"],
  ])("refuses %s, and a catch node hears the code", async (_what, settings, payload, code) => {
    await deploy(settings);
    send(payload);
    await until(() => expect(at("caught")).toMatchObject([{ payload, error: { code, source: { id: "node" } } }]));
    expect(statuses.at(-1)).toBe(`status.${code}`);
    expect(at("progress").at(-1)).toMatchObject({ payload: { state: "failed", error: { code } } });
  });

  it("takes what a flow does not say as the editor would set it", async () => {
    await deploy({ profile: undefined, rung: undefined });
    send({ input: tape, output: film });
    await until(() => expect(at("done")).toHaveLength(1));
  });

  it("leaves no FFmpeg and no half file when it is deployed anew in the middle, and says nothing after", async () => {
    writeFileSync(join(folder, "endless"), "");
    send({ input: tape, output: film });
    await until(() => expect(running()).toBe(1));
    await deploy({ name: "anew" });
    expect([running(), readdirSync(folder).filter((name) => name.includes("mp4"))]).toEqual([0, []]);
    const before = told.length;
    send("status");
    await until(() => expect(told.length).toBe(before + 1));
    expect(at("progress").at(-1)).toMatchObject({ payload: { state: "idle" } });
    expect([at("done"), at("caught")]).toEqual([[], []]);
  });
});
