/** Node `genkan-transcode`: converts a recording (MPEG-2 transport stream or DV) to an MP4 file, tells how far it is, and can be stopped. */

import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type Json } from "../gateway-core/contract/json.ts";
import { convertRecording } from "../gateway-core/gateway.ts";
import { systemClock } from "../host/system-host.ts";

interface Def extends NodeDef {
  readonly profile: "h264" | "mpeg4";
  readonly rung: "high" | "low";
  /** The FFmpeg to use; empty = whichever works. */
  readonly ffmpeg: string;
}

/** What was proven of an FFmpeg is remembered for as long as Node-RED runs. */
const kept = new Map<string, Json>();
const memory = {
  read: (name: string) => kept.get(name),
  write: (name: string, value: Json) => void kept.set(name, value),
};

export default (RED: NodeAPI): void => {
  RED.nodes.registerType("genkan-transcode", function (this: Node, config: Def) {
    RED.nodes.createNode(this, config);
    let running: AbortController | undefined;
    let told: NodeMessage["payload"] = { state: "idle" };
    const tell = (payload: object, status: object): void => {
      told = payload;
      this.status(status);
      this.send([null, { payload }]);
    };

    this.on("input", async (message, send, done) => {
      if (message.payload === "status") {
        send([null, { ...message, payload: told }]);
        return done();
      }
      if (message.payload === "stop") {
        running?.abort();
        return done();
      }
      const leaving = new AbortController();
      try {
        const { input, output } = filesOf(message.payload);
        if (running !== undefined) throw new HomeError("device-busy", "a conversion is under way: stop it first");
        running = leaving;
        tell(
          { state: "converting", input, output, part: 0 },
          { fill: "blue", shape: "dot", text: "status.converting" },
        );
        const { profile, rung, ffmpeg } = config;
        const setting = ffmpeg === "" ? undefined : ffmpeg;
        await convertRecording(
          { clock: systemClock, memory },
          {
            ...{ input, output, profile, rung, signal: leaving.signal },
            onProgress: (progress) =>
              tell(
                { state: "converting", input, output, ...progress },
                {
                  fill: "blue",
                  shape: "dot",
                  text: progress.part === null ? "…" : `${Math.round(progress.part * 100)} %`,
                },
              ),
          },
          setting,
        );
        tell({ state: "done", input, output, part: 1 }, { fill: "green", shape: "dot", text: "status.done" });
        send([{ ...message, payload: { input, output } }, null]);
        done();
      } catch (thrown) {
        if (leaving.signal.aborted) {
          tell({ state: "stopped" }, { fill: "grey", shape: "ring", text: "status.stopped" });
          return done();
        }
        const error = toHomeError(thrown);
        tell({ state: "failed", error: error.toBody() }, { fill: "red", shape: "ring", text: `status.${error.code}` });
        done(error);
      } finally {
        if (running === leaving) running = undefined;
      }
    });
    this.on("close", () => running?.abort());
  });
};

/** @throws HomeError `command-invalid` */
function filesOf(payload: unknown): { readonly input: string; readonly output: string } {
  const { input, output } = isJsonObject(payload) ? payload : {};
  const isPath = (value: unknown): value is string => typeof value === "string" && value.startsWith("/");
  if (isPath(input) && isPath(output) && input !== output) return { input, output };
  throw new HomeError("command-invalid", 'the payload is {input, output}, two absolute paths, or "stop", or "status"');
}
