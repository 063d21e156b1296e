/**
 * What runs inside of the kernel test's guest: simulated decks behind the virtual card, and before it the product's own
 * bus, discovery, FCP and connections, on the kernel's /dev/fw*. Each step is told in one line of JSON after "@@".
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Host, sleep } from "../../gateway-core/contract/clock.ts";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import { avcFrame } from "../../gateway-core/ieee1394/avc-units.ts";
import type { IsochronousPacket } from "../../gateway-core/ieee1394/bus.ts";
import { createFcp } from "../../gateway-core/ieee1394/fcp.ts";
import { haviUnit } from "../../gateway-core/ieee1394/havi-unit.ts";
import { deviceFiles } from "../../gateway-core/ieee1394/linux/start-card.ts";
import { createNodeDirectory } from "../../gateway-core/ieee1394/node-directory.ts";
import { openNamedBus } from "../../gateway-core/ieee1394/open-bus.ts";
import { createStreamConnections } from "../../gateway-core/ieee1394/stream-connections.ts";
import { systemClock as clock, fileMemory, systemIds } from "../../host/system-host.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { bridgeCard } from "./card-bridge.ts";
import { ownNode } from "./guest-kernel-view.ts";
import { keepLaw } from "./guest-law.ts";
import { compareFrames, runWitness } from "./guest-witness.ts";

const [role = "", framesFile = ""] = process.argv.slice(2);
const decks = ["0800460102c46a01", "0800460102c46a02"] as const;
const lamp = "0050c2fffe000106";
const csr = 0xffff_f000_0000;
const tape = { type: 4, id: 0 };
const forward = Uint8Array.of(0xc3, 0x75);
/** A packet with a header alone. */
const emptyOctets = 8;
/** Of 1,440 of a frame. */
const enoughBlocks = 500;
const transport = { playing: "0c20c375", stopped: "0c20c460" };
const unit = { type: 0x1f, id: 7 };

const tell = (step: string, facts: object): void => console.log(`@@${JSON.stringify({ step, ...facts })}`);
const log = (level: string, event: string, facts = {}): void => tell("log", { level, event, facts });
const host: Host = { clock, ids: systemIds, memory: fileMemory("/run/memory"), log: { write: log } };

async function until(what: () => boolean | Promise<boolean>, ms = 240_000): Promise<boolean> {
  for (const end = clock.now() + ms; clock.now() < end; ) {
    if (await what()) return true;
    await sleep(clock, 5);
  }
  return false;
}

/** As the kernel's devices and as the ROM that it shows: it changes one after the other. */
function hasUnits(count: number): boolean {
  const own = ownNode();
  return own?.units.length === count && own.rom.units.length === count;
}

/** The product, as far as it is needed here. */
function openProduct() {
  const life = new AbortController();
  const { signal } = life;
  const bus = openNamedBus("", host);
  const directory = createNodeDirectory({ bus, host, rediscoverMs: 60_000, signal });
  const fcp = createFcp({ bus, clock, locate: directory.locate });
  const connections = createStreamConnections({ bus, clock, locate: directory.locate });
  const irm = async (offset: number): Promise<number> => {
    const { irmNodeId = 0, generation } = bus.state;
    const { data } = await bus.read({ nodeId: irmNodeId, generation }, csr + offset, 4);
    return data.length === 4 ? new DataView(data.buffer, data.byteOffset).getUint32(0) : -1;
  };
  const available = async () => ({ units: await irm(0x220), channels: (await irm(0x224)).toString(16) });
  const close = async (): Promise<void> => {
    await connections.dispose();
    life.abort();
    fcp.dispose();
    await bus[Symbol.asyncDispose]();
  };
  return { bus, directory, fcp, connections, signal, available, close };
}

if (role === "hold") await hold();
else await play();
// The card is being read from: an orderly end would wait for it.
process.kill(process.pid, "SIGKILL");

/** Another process of the product: it holds a stream until it is killed. */
async function hold(): Promise<void> {
  const { directory, connections, signal } = openProduct();
  await until(() => directory.node(decks[0]) !== undefined);
  const { channel, units } = await connections.connect(decks[0], 0, signal);
  tell("held", { channel, units });
  await new Promise(() => setInterval(() => undefined, 60_000));
}

async function play(): Promise<void> {
  const simulated = createSimulatedBus({ clock });
  const makeFrames = async (): Promise<Uint8Array> => readFileSync(framesFile);
  const models = decks.map((guid) => createModel({ clock, model: "dv-deck", guid, makeFrames }));
  for (const model of models) simulated.plug(model);
  const { sent } = await bridgeCard(simulated);
  tell("law", { clauses: await keepLaw(simulated, host) });
  simulated.plug(createModel({ clock, model: "mood-lamp", guid: lamp }));
  const product = openProduct();
  const { bus, directory, fcp, connections, signal, available } = product;
  const plugOf = (place: number): string => (models[place]?.registers.output(0) ?? 0).toString(16);

  await until(() => [...decks, lamp].every((guid) => directory.node(guid) !== undefined));
  tell("discovered", {
    files: deviceFiles(),
    nodes: directory.nodes().map(({ guid, rom }) => ({ guid, vendor: rom.vendorName, model: rom.modelName })),
    state: bus.state,
  });

  const ask = async (code: "STATUS" | "CONTROL", subunit: typeof tape, ...octets: number[]) => {
    const answer = await fcp.ask(decks[0], avcFrame(code, subunit, Uint8Array.from(octets)), signal);
    return { code: answer.code, operands: Buffer.from(answer.operands).toString("hex") };
  };
  const times: number[] = [];
  for (let trip = 0; trip < 20; trip++) {
    const before = performance.now();
    await ask("STATUS", unit, 0x30, 0xff, 0xff, 0xff, 0xff, 0xff);
    times.push(performance.now() - before);
  }
  tell("commanded", {
    unitInfo: await ask("STATUS", unit, 0x30, 0xff, 0xff, 0xff, 0xff, 0xff),
    stopped: await ask("STATUS", tape, 0xd0, 0x7f),
    medianMs: times.sort((one, other) => one - other)[times.length / 2],
  });

  bus.announce?.(haviUnit);
  await until(() => hasUnits(1));
  tell("announced", { ...ownNode() });

  const before = await available();
  const connection = await connections.connect(decks[0], 0, signal);
  const during = await available();
  const refused = await connections.connect(decks[1], 0, signal).then(
    () => "connected",
    (thrown) => toHomeError(thrown).toBody(),
  );
  const { channel, units } = connection;
  tell("connected", { before, during, channel, units, plug: plugOf(0), refused, otherPlug: plugOf(1) });

  let heard: IsochronousPacket[] = [];
  bus.listen(channel, (packets) => heard.push(...packets));
  const started = await ask("CONTROL", tape, ...forward);
  await until(() => heard.length >= 2_000);
  tell("received", { started, ...compare(heard, sent) });

  const connected = plugOf(0);
  const restoredMs: number[] = [];
  const unitsAfter: number[] = [];
  for (let reset = 0; reset < 10; reset++) {
    const resetAt = performance.now();
    simulated.resetBus();
    // The reset has cleared the plug: once it is connected again, what is heard is the stream that was restored.
    await until(() => plugOf(0) === connected);
    heard = [];
    await until(() => heard.some(({ octets }) => octets.length > emptyOctets));
    restoredMs.push(Math.round(performance.now() - resetAt));
    unitsAfter.push((await available()).units);
  }
  tell("reset", { restoredMs, unitsAfter, channel: connection.channel, plug: plugOf(0) });

  await connection[Symbol.asyncDispose]();
  tell("broken", { ...(await available()), plug: plugOf(0) });

  simulated.unplug(lamp);
  const isGone = await until(() => directory.node(lamp) === undefined);
  // Two seconds later its file goes; the one that comes is another.
  const files = deviceFiles();
  await until(() => deviceFiles().length === files.length - 1);
  simulated.plug(createModel({ clock, model: "mood-lamp", guid: lamp }));
  const isBack = await until(() => directory.node(lamp) !== undefined);
  tell("hot-plugged", { isGone, isBack });

  const other = spawn(process.execPath, [import.meta.filename, "hold"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: other.stdout })) {
    if (line.includes('"held"')) break;
  }
  const held = await available();
  other.kill("SIGKILL");
  await once(other, "exit");
  await until(async () => (await available()).units === 4915, 10_000);
  tell("killed", { held, after: await available() });
  // The plug of a process that was killed stays connected until a reset.
  simulated.resetBus();
  await product.close();
  await until(() => hasUnits(0));
  tell("unannounced", { ...ownNode() });

  tell("dvcont-play", { isObeyed: await isObeyed("play", transport.playing) });
  tell("dvcont-stop", { isObeyed: await isObeyed("stop", transport.stopped) });
  await isObeyed("play", transport.playing);
  const file = "/run/witness.dv";
  let frames = { all: 0, sameBlocks: 0 };
  // It loses packets now and then, or waits for what has gone by; then it is asked again, with nothing left of what it reserved.
  for (let attempt = 0; attempt < 10 && frames.sameBlocks < enoughBlocks; attempt++) {
    const output = ["-c", "copy", "-t", "0.1", "-y", "-f", "dv", file];
    await witness("ffmpeg", ["-v", "error", "-f", "iec61883", "-i", "auto", ...output]);
    frames = compareFrames(file, framesFile);
    if (frames.sameBlocks < enoughBlocks) simulated.resetBus();
  }
  tell("ffmpeg", frames);

  /** A bus reset in the midst makes a witness lose its way; then it is asked again. */
  async function isObeyed(word: "play" | "stop", state: string): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt++) {
      await witness("dvcont", [word]);
      if (await until(async () => (await tapeState()) === state, 20_000)) return true;
    }
    return false;
  }

  /**
   * Its libraries come over a slow wire; while the processor waits for them, its time leaps to whatever is due next. With
   * something due each millisecond it does not leap far, and no patience is at its end before the witness has begun.
   */
  async function witness(command: string, args: readonly string[]): Promise<void> {
    const before = performance.now();
    const heartbeat = setInterval(() => undefined, 1);
    const ended = await runWitness(command, args);
    clearInterval(heartbeat);
    tell("witness", { ...ended, tookMs: Math.round(performance.now() - before) });
  }

  /** Asked at the simulated deck itself: the first of the bus is what others take, and that is our second. */
  async function tapeState(): Promise<string> {
    const client = simulated.connect();
    const nodeId = simulated.nodeIdOf(decks[1]) ?? 0;
    const answers: string[] = [];
    client.onFcp(({ octets }) => {
      // Answers to TRANSPORT STATE have the opcode of the state: a stable one, or one that is being left.
      if (octets[0] === 0x0c || octets[0] === 0x0b) answers.push(Buffer.from(octets).toString("hex"));
    });
    const at = { nodeId, generation: client.state.generation };
    await client.write(at, csr + 0xb00, Uint8Array.of(1, 0x20, 0xd0, 0x7f));
    await until(() => answers.length > 0, 5_000);
    await client[Symbol.asyncDispose]();
    return answers[0] ?? "";
  }
}

/** How far what was received is what was sent, octet for octet and without a gap. */
function compare(heard: readonly IsochronousPacket[], sent: readonly IsochronousPacket[]) {
  const same = (one: IsochronousPacket | undefined, other: IsochronousPacket | undefined): boolean =>
    one !== undefined && other !== undefined && one.tag === other.tag && Buffer.compare(one.octets, other.octets) === 0;
  // Three of them in a row are found at one place only: their counters and contents are their own.
  const start = sent.findIndex((_, place) => [0, 1, 2, 3, 4, 5].every((next) => same(heard[next], sent[place + next])));
  let run = 0;
  while (run < heard.length && start >= 0 && same(heard[run], sent[start + run])) run++;
  const cycles = heard.slice(0, run).every(({ cycle }, place) => cycle === (sent[start + place]?.cycle ?? -1) % 8000);
  return { heard: heard.length, identical: run, cycles };
}
