/** The serial bus in a process of its own behind its socket: an AV/C command with its answer, idle and beside a stream; and how soon a stream is back after a bus reset. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DeviceRef, Session } from "../gateway-core/contract/adapter.ts";
import type { Host } from "../gateway-core/contract/clock.ts";
import type { Descriptor } from "../gateway-core/contract/descriptor.ts";
import type { Bus } from "../gateway-core/ieee1394/bus.ts";
import { createFcp } from "../gateway-core/ieee1394/fcp.ts";
import { createIeee1394Adapter } from "../gateway-core/ieee1394/ieee1394-adapter.ts";
import { createNodeDirectory } from "../gateway-core/ieee1394/node-directory.ts";
import { openSocketBus } from "../gateway-core/ieee1394/socket-bus.ts";
import { systemClock as clock } from "../host/system-host.ts";
import { quantile } from "./figures.ts";
import { printTable } from "./table.ts";

const guid = "0800460102c46a01";
const resets = 10;
const asked = 2_000;
const nothing = (): undefined => undefined;
const host: Host = {
  clock,
  ids: { fresh: () => "id", fraction: () => 0.5 },
  log: { write: nothing },
  memory: { read: nothing, write: nothing },
};
const { signal } = new AbortController();
const outputPlug = 0xffff_f000_0904;

/** A deck that plays: all that is asked of it. */
const descriptor: Descriptor = {
  "@context": [],
  "@type": "tm:ThingModel",
  title: "Deck",
  titles: { en: "Deck", ja: "デッキ" },
  version: { model: "1.0.0" },
  "gk:type": "ieee1394:avc:tape",
  "gk:kind": "vtr",
  "gk:match": [{ protocol: "ieee1394" }],
  properties: {},
  actions: { play: { titles: { en: "Play", ja: "再生" }, "gk:bind": { avc: { control: "c375" } } } },
};

async function found(session: Session): Promise<DeviceRef> {
  for await (const { ref } of session.discover({ signal, active: false })) if (ref.id.includes(guid)) return ref;
  throw new Error("the deck is not on the bus");
}

/** A question by FCP and the bare transaction beside it, in turn. */
async function roundTrips(bus: Bus): Promise<{ readonly commands: number[]; readonly reads: number[] }> {
  const closing = new AbortController();
  const directory = createNodeDirectory({ bus, host, rediscoverMs: 600_000, signal: closing.signal });
  const fcp = createFcp({ bus, clock, locate: directory.locate });
  const command = { code: "STATUS", subunit: { type: 4, id: 0 }, opcode: 0xd0, operands: Uint8Array.of(0x7f) } as const;
  const at = await directory.locate(guid, signal);
  if (at === undefined) throw new Error("the deck is not on the bus");
  const commands: number[] = [];
  const reads: number[] = [];
  for (let turn = -300; turn < asked; turn++) {
    const start = performance.now();
    await fcp.ask(guid, command, signal);
    const between = performance.now();
    await bus.read(at, outputPlug, 4);
    if (turn < 0) continue;
    commands.push(between - start);
    reads.push(performance.now() - between);
  }
  fcp.dispose();
  closing.abort();
  return { commands, reads };
}

async function connectedAfter(bus: Bus, start: number): Promise<number> {
  for (;;) {
    const { generation, nodeIds } = bus.state;
    for (const nodeId of nodeIds) {
      const { rcode, data } = await bus.read({ nodeId, generation }, outputPlug, 4);
      if (rcode === "complete" && ((data[0] ?? 0) & 0x3f) > 0) return performance.now() - start;
    }
  }
}

const child = spawn(process.execPath, [join(import.meta.dirname, "serial-bus-process.ts")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(createInterface({ input: child.stdout }), "line");
const url = String(line);
await using hand = openSocketBus(url, host);
const session = await createIeee1394Adapter().open({ bus: url }, host, signal);
const ref = await found(session);
const idle = await roundTrips(hand);

const source = await session.stream?.(ref, descriptor, { signal });
if (source === undefined) throw new Error("the adapter has no streams");
await session.invoke(ref, descriptor, "play", null, { signal });
let frameAt = 0;
let frames = 0;
let onFrame = (): void => undefined;
void (async () => {
  for await (const _ of source.octets) {
    frames++;
    frameAt = performance.now();
    onFrame();
  }
})();
while (frames < 30) await new Promise<void>((resolve) => clock.after(100, resolve));
const busy = await roundTrips(hand);

const connected: number[] = [];
const gaps: number[] = [];
for (let reset = 0; reset < resets; reset++) {
  const before = frameAt;
  const start = performance.now();
  hand.resetBus();
  await new Promise<void>((resolve) => {
    const stop = hand.onReset(() => {
      stop();
      resolve();
    });
  });
  const seen = frames;
  const gap = new Promise<number>((resolve) => {
    onFrame = () => {
      if (frames > seen) resolve(performance.now() - before);
    };
  });
  connected.push(await connectedAfter(hand, start));
  gaps.push(await gap);
  await new Promise<void>((resolve) => clock.after(1_200, resolve));
}
await source[Symbol.asyncDispose]();
await session[Symbol.asyncDispose]();
child.kill();

printTable(
  "ieee1394-bus",
  `A simulated bus in a process of its own; ${asked} questions, baseline: a register read by the same socket, in turn; ${resets} bus resets under a stream of DV.`,
  [
    {
      what: "AV/C command and answer, p50",
      value: quantile(idle.commands),
      unit: "ms",
      baseline: quantile(idle.reads),
    },
    {
      what: "FCP round trip on the simulated bus, p99",
      value: quantile(idle.commands, 0.99),
      unit: "ms",
      goal: { atMost: 1 },
    },
    {
      what: "… beside a stream of DV, p50",
      value: quantile(busy.commands),
      unit: "ms",
      baseline: quantile(busy.reads),
    },
    { what: "… beside a stream of DV, p99", value: quantile(busy.commands, 0.99), unit: "ms" },
    { what: "plug connected again after a bus reset, median", value: quantile(connected), unit: "ms" },
    { what: "… the slowest", value: Math.max(...connected), unit: "ms", goal: { atMost: 1_000 } },
    { what: "stream restored after reset: from frame to frame, median", value: quantile(gaps), unit: "ms" },
    { what: "… the slowest", value: Math.max(...gaps), unit: "ms", goal: { atMost: 1_000 } },
  ],
);
