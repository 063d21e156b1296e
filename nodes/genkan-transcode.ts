/** Node `genkan-transcode`: converts a recording (MPEG-2 transport stream or DV) to an MP4 file, tells how far it is, and can be stopped. */

import { isAbsolute } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type Json } from "../gateway-core/contract/json.ts";
import { type Conversion, convertRecording } from "../gateway-core/gateway.ts";
import { systemClock } from "../host/system-host.ts";

interface Def extends NodeDef {
  readonly profile: unknown;
  readonly rung: unknown;
  /** The FFmpeg to use; empty = whichever works. */
  readonly ffmpeg: unknown;
}

interface Running {
  readonly leaving: AbortController;
  readonly ended: Promise<void>;
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
    let running: Running | undefined;
    let isClosed = false;
    let told: NodeMessage["payload"] = { state: "idle" };
    const tell = (payload: object, status: object): void => {
      // A node that was replaced has nothing to say any more.
      if (isClosed) return;
      told = payload;
      this.status(status);
      this.send([null, { payload }]);
    };
    const tellProgress = (payload: object, part: number | null): void =>
      tell(payload, { fill: "blue", shape: "dot", text: part === null ? "…" : `${Math.round(part * 100)} %` });

    async function converted({ input, output }: Files, signal: AbortSignal): Promise<void> {
      const { profile, rung, setting } = parseSettings(config);
      tell({ state: "converting", input, output, part: 0 }, { fill: "blue", shape: "dot", text: "status.converting" });
      const onProgress: Conversion["onProgress"] = (progress) =>
        tellProgress({ state: "converting", input, output, ...progress }, progress.part);
      const conversion = { input, output, profile, rung, signal, onProgress };
      await convertRecording({ clock: systemClock, memory }, conversion, setting);
      tell({ state: "done", input, output, part: 1 }, { fill: "green", shape: "dot", text: "status.done" });
    }

    this.on("input", async (message, send, done) => {
      if (message.payload === "status") {
        send([null, { ...message, payload: told }]);
        return done();
      }
      if (message.payload === "stop") {
        running?.leaving.abort();
        return done();
      }
      const leaving = new AbortController();
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      try {
        const files = filesOf(message.payload);
        if (running !== undefined) throw new HomeError("device-busy", "a conversion is under way: stop it first");
        running = { leaving, ended };
        await converted(files, leaving.signal);
        send([{ ...message, payload: files }, null]);
        done();
      } catch (thrown) {
        if (leaving.signal.aborted) {
          tell({ state: "stopped" }, { fill: "grey", shape: "ring", text: "status.stopped" });
          return done();
        }
        const error = toHomeError(thrown);
        // What is refused beside a conversion that goes on says nothing of that.
        if (running === undefined || running.leaving === leaving) {
          tell(
            { state: "failed", error: error.toBody() },
            { fill: "red", shape: "ring", text: `status.${error.code}` },
          );
        }
        done(error);
      } finally {
        if (running?.leaving === leaving) running = undefined;
        end();
      }
    });
    this.on("close", async (done: () => void) => {
      isClosed = true;
      running?.leaving.abort();
      // A deploy goes on when FFmpeg has ended and what it left is gone.
      await running?.ended;
      done();
    });
  });
};

type Files = Pick<Conversion, "input" | "output">;

/** @throws HomeError `command-invalid` */
function filesOf(payload: unknown): Files {
  const { input, output } = isJsonObject(payload) ? payload : {};
  const isPath = (value: unknown): value is string => typeof value === "string" && isAbsolute(value);
  if (isPath(input) && isPath(output) && input !== output) return { input, output };
  throw new HomeError("command-invalid", 'the payload is {input, output}, two absolute paths, or "stop", or "status"');
}

/** A flow may be written by hand, or come from elsewhere. @throws HomeError `settings-invalid` */
function parseSettings({ profile = "h264", rung = "high", ffmpeg = "" }: Partial<Def>) {
  if (profile !== "h264" && profile !== "mpeg4") throw invalid("profile");
  if (rung !== "high" && rung !== "low") throw invalid("rung");
  if (typeof ffmpeg !== "string") throw invalid("ffmpeg");
  return { profile, rung, setting: ffmpeg === "" ? undefined : ffmpeg } as const;
}

const invalid = (key: string): HomeError =>
  new HomeError("settings-invalid", `the node's ${key} is not one of those that there are`, { key });
