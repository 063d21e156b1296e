/** `genkan gateway`: the home's own process, with its flow in an embedded Node-RED, or headless with every joint made. */

import { Console } from "node:console";
import { join } from "node:path";
import type { Host } from "../gateway-core/contract/clock.ts";
import { forgivingMemory } from "../gateway-core/contract/forgiving-memory.ts";
import { createGateway, joinAll } from "../gateway-core/gateway.ts";
import { packageRoot } from "../host/package-root.ts";
import { systemHost } from "../host/system-host.ts";
import { joinAdapterPackages } from "./adapter-packages.ts";
import type { Arguments } from "./arguments.ts";
import { type CaptureFile, openCaptureFile } from "./capture-file.ts";
import { runningName } from "./doctor/running-gateway.ts";
import { enrolWithCard } from "./enrol.ts";
import { openNodeRed } from "./node-red.ts";
import { tellReady, untilStopped } from "./process-life.ts";
import { readSettings } from "./read-settings.ts";
import { say } from "./say.ts";
import { untilOpen } from "./until-open.ts";

export async function runGateway(args: Arguments): Promise<void> {
  await untilClosed(args);
  // Timers of others are no reason to stay: Node-RED has one for a week after a login, and so may any package.
  process.exit();
}

async function untilClosed(args: Arguments): Promise<void> {
  const { "card-dir": cardDir } = args.values;
  const cards = cardDir === undefined ? [] : [`accessLink.cardFolders=${JSON.stringify([cardDir])}`];
  const settings = readSettings(args.folder, [...args.overrides, ...cards]).gateway;
  const own = join(args.folder, "gateway");
  const host = systemHost(own, args.isVerbose);
  if (args.values.card !== undefined) await enrolWithCard(args.values.card, host);
  using file = args.values.capture === undefined ? undefined : captureInto(args.values.capture, args, host);
  const cardFile = join(args.folder, "card.json");
  const capture = file === undefined ? {} : { capture: file.write };
  const kept = { historyFile: join(own, "history.sqlite"), recordingsFolder: join(own, "recordings") };
  const files = { cardFile, ...kept };
  await using gateway = createGateway({ settings, host, packageRoot: packageRoot(), ...files, ...capture });
  const stopping = untilStopped();
  // What other packages print is no part of what this process says.
  globalThis.console = new Console(process.stderr, process.stderr);
  const folder = join(args.folder, "node-red");
  if (args.isHeadless) {
    await joinAdapterPackages(gateway, folder, host.log);
    joinAll(gateway);
  }
  await using nodeRed = args.isHeadless
    ? undefined
    : await openNodeRed({ gateway, folder, host, packageRoot: packageRoot(), hasEditor: args.hasEditor });
  const editor = nodeRed?.editor;
  await untilOpen(gateway, host.clock);
  const { lan = "", mqtt = "", homeProxy = "" } = gateway.addresses();
  const failed = [...gateway.stations.values()].flatMap(({ name, status }) =>
    status.state === "failed" ? [`${name}: ${status.detail ?? status.text}`] : [],
  );
  const facts = { lan, mqtt, homeProxy, failed, ...(editor === undefined ? {} : { editor: editor.url }) };
  tellReady(
    args.isJson,
    { ...facts, ...(editor?.password ? { editorPassword: editor.password } : {}) },
    [lan, mqtt, homeProxy, ...failed].filter((line) => line !== "").join("\n"),
  );
  // Who looks at this home from outside (`genkan doctor`) finds the gateway by this, whoever started it.
  const memory = forgivingMemory(host);
  memory.write(runningName, { pid: process.pid, lan });
  await stopping;
  memory.write(runningName, null);
}

/** All that the gateway sends and hears by ECHONET Lite: no other traffic of the home, and no secrets. */
function captureInto(path: string, { language }: Arguments, { clock }: Host): CaptureFile {
  const onFull = (): void => void process.stderr.write(`${say(language, "capture-full", { file: path })}\n`);
  return openCaptureFile(path, { clock, onFull });
}
