/** `genkan capture-av DEVICE FILE`: saves the untouched stream of an AV device, and beside it, in FILE.json, what is known to be missing. */

import { once } from "node:events";
import { createWriteStream, existsSync, rmSync, writeFileSync } from "node:fs";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";
import { createStreamEvidence, examineMachine, recordStream } from "../gateway-core/gateway.ts";
import { systemClock, systemHost } from "../host/system-host.ts";
import { type Arguments, type Language, numberOf } from "./arguments.ts";
import { untilStopped } from "./process-life.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";
import { busOf } from "./serial-bus.ts";

/** `stopped` resolves when there is to be an end. @throws HomeError `usage`; `settings-invalid` without a bus; `device-unavailable`, `bus-full`; `device-silent`, also when nothing came: then there is no file */
export async function captureAv(args: Arguments, stopped = untilStopped): Promise<void> {
  const { language, rest, values } = args;
  const [device, path] = rest;
  if (device === undefined || path === undefined) throw new HomeError("usage", say(language, "capture-av-usage"));
  if (existsSync(path)) throw new HomeError("usage", say(language, "capture-av-exists", { path }));
  const bus = busOf(readSettings(args.folder, args.overrides).gateway, args.folder);
  const isNone = bus === "none" || (bus === "" && examineMachine().state === "no-controller");
  if (isNone) throw new HomeError("settings-invalid", say(language, "capture-av-no-bus"), { key: "ieee1394.bus" });
  const seconds = values.seconds === undefined ? undefined : numberOf(args, "seconds", 1);
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);

  const leaving = new AbortController();
  const time = seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1_000);
  void stopped(time).then(() => leaving.abort());
  const evidence = createStreamEvidence(systemClock);
  const startedAt = new Date(systemClock.now()).toISOString();
  const file = createWriteStream(path);
  await once(file, "open");
  try {
    const host = systemHost(args.folder, args.isVerbose);
    const onConnected = (channel: number): void => tell(say(language, "capturing-av", { device, channel }));
    for await (const chunk of recordStream({ bus, device, host, signal: leaving.signal, onConnected })) {
      evidence.take(chunk);
      if (!file.write(chunk.octets)) await once(file, "drain");
    }
  } finally {
    file.end();
    await once(file, "close");
    // What came before an error is kept, and told.
    if (evidence.told()["chunks"] === 0) rmSync(path);
    else tell(saveEvidence(path, { device, startedAt, ...evidence.told() }, language));
  }
  if (evidence.told()["chunks"] === 0) {
    throw new HomeError("device-silent", say(language, "captured-av-nothing", { device }));
  }
}

/** What it says in a line. */
function saveEvidence(path: string, told: JsonObject, language: Language): string {
  writeFileSync(`${path}.json`, `${JSON.stringify(told, null, 2)}\n`);
  const { chunks, octets, missingBlocks, lostDataBlocks } = told;
  const facts = { chunks, octets, missing: missingBlocks, lost: lostDataBlocks };
  return say(language, "captured-av", Object.fromEntries(Object.entries(facts).map(([k, v]) => [k, Number(v)])));
}
