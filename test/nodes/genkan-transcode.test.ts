import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { afterAll, describe, expect, it } from "vitest";
import register from "../../nodes/genkan-transcode.ts";
import { ffmpeg, madeStream } from "../media/clips.ts";

/** The node as Node-RED makes it, what it sends and what it says. */
function made(config: object) {
  const sent: unknown[] = [];
  const statuses: { text?: string }[] = [];
  const node = Object.assign(new EventEmitter(), {
    send: (message: unknown) => sent.push(message),
    status: (status: { text?: string }) => statuses.push(status),
  });
  const nodes = {
    createNode: () => undefined,
    registerType: (_: string, construct: (this: unknown, config: object) => void) => construct.call(node, config),
  };
  register({ nodes } as unknown as NodeAPI);
  const input = (payload: unknown): Promise<unknown> =>
    new Promise((resolve) => node.emit("input", { payload }, node.send, (error?: unknown) => resolve(error)));
  return { node, sent, statuses, input };
}

describe.skipIf(ffmpeg === undefined)("The node genkan-transcode", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-node-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const config = { profile: "h264", rung: "low", ffmpeg: "" };
  const input = join(folder, "tape.bin");
  const output = join(folder, "tape.mp4");

  it("makes the file, tells how far it is by its second output and that it is done by its first", async () => {
    writeFileSync(input, madeStream("mpegts", 2));
    const { input: send, sent, statuses } = made(config);
    expect(await send({ input, output })).toBeUndefined();
    expect(existsSync(output)).toBe(true);
    expect(sent).toContainEqual([{ payload: { input, output } }, null]);
    expect(sent).toContainEqual([null, { payload: { state: "done", input, output, part: 1 } }]);
    expect(statuses.at(-1)).toMatchObject({ text: "status.done" });
    await send("status");
    expect(sent.at(-1)).toMatchObject([null, { payload: { state: "done" } }]);
  });

  it("stops when told, and leaves nothing", async () => {
    const one = madeStream("mpegts", 2);
    writeFileSync(input, Buffer.concat(Array.from({ length: 30 }, () => one)));
    rmSync(output, { force: true });
    const { input: send, sent, statuses } = made(config);
    const running = send({ input, output });
    expect(await send({ input, output })).toMatchObject({ code: "device-busy" });
    await expect.poll(() => existsSync(`${output}.part`)).toBe(true);
    await send("stop");
    expect(await running).toBeUndefined();
    expect([existsSync(output), existsSync(`${output}.part`)]).toEqual([false, false]);
    expect(statuses.at(-1)).toMatchObject({ text: "status.stopped" });
    expect(sent.at(-1)).toMatchObject([null, { payload: { state: "stopped" } }]);
  });

  it("refuses what is no recording, no path and no FFmpeg, and says which", async () => {
    const { input: send, statuses } = made({ ...config, ffmpeg: "" });
    for (const payload of [undefined, "start", { input }, { input: "tape", output }, { input, output: input }]) {
      expect(await send(payload)).toMatchObject({ code: "command-invalid" });
    }
    writeFileSync(input, "#EXTM3U\nfile:///etc/passwd\n".repeat(100));
    expect(await send({ input, output })).toMatchObject({ code: "value-invalid" });
    expect(await send({ input: "/nowhere/at/all", output })).toMatchObject({ code: "value-invalid" });
    expect(statuses.at(-1)).toMatchObject({ text: "status.value-invalid" });
  });
});
