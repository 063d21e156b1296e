/**
 * Carries HAVi messages over the bus (HAVi 1.1, TAM, as reconstructed): in FCP frames of the command and transaction set
 * of HAVi, written to the command register of the other node; one message after another to each node.
 */

import { type Clock, sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { Bus, NodeAt } from "./bus.ts";
import { initialRegisterSpace } from "./csr.ts";
import { type Assembly, createAssembly, fragmentsOf } from "./havi/tam-fragments.ts";

export interface HaviTransport {
  /** Every part has been taken. @throws HomeError `device-silent` with `reason`: "absent", or the rcode. */
  send(guid: string, message: Uint8Array, signal: AbortSignal): Promise<void>;
  dispose(): void;
}

export interface HaviTransportOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly locate: (guid: string, signal: AbortSignal) => Promise<NodeAt | undefined>;
  /** Whole messages, with who sent them. */
  readonly take: (from: NodeAt, message: Uint8Array) => void;
}

const commandRegister = initialRegisterSpace + 0xb00;
const attempts = 3;
const againMs = 20;
const sequences = 256;

export function createHaviTransport({ bus, clock, locate, take }: HaviTransportOptions): HaviTransport {
  let assemblies = new Map<number, Assembly>();
  const queues = new Map<string, Promise<unknown>>();
  let sequence = 0;

  const stops = [
    bus.onFcp(({ nodeId, generation, octets }) => {
      const assembly = assemblies.get(nodeId) ?? createAssembly();
      const message = assembly.take(octets);
      assemblies.set(nodeId, assembly);
      if (message !== undefined) take({ nodeId, generation }, message);
    }),
    bus.onReset(() => {
      assemblies = new Map();
    }),
  ];

  /** A message that lost one of its parts is no message to whom it is sent: it may be sent again. */
  async function sendInTurn(guid: string, message: Uint8Array, signal: AbortSignal): Promise<void> {
    let reason = "absent";
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await sleep(clock, againMs, signal);
      const at = await locate(guid, signal);
      if (at === undefined) break;
      sequence = (sequence + 1) % sequences;
      const rcode = await writeAll(at, fragmentsOf(message, sequence), signal);
      if (rcode === "complete") return;
      reason = rcode;
    }
    throw new HomeError("device-silent", `a HAVi message did not reach ${guid} (${reason})`, { guid, reason });
  }

  async function writeAll(at: NodeAt, frames: readonly Uint8Array[], signal: AbortSignal) {
    for (const frame of frames) {
      signal.throwIfAborted();
      const rcode = await bus.write(at, commandRegister, frame);
      if (rcode !== "complete") return rcode;
    }
    return "complete" as const;
  }

  return {
    send(guid, message, signal) {
      const act = (): Promise<void> => sendInTurn(guid, message, signal);
      const turn = (queues.get(guid) ?? Promise.resolve()).then(act, act);
      queues.set(guid, turn);
      const forget = (): void => void (queues.get(guid) === turn && queues.delete(guid));
      turn.then(forget, forget);
      return turn;
    },
    dispose() {
      for (const stop of stops) stop();
    },
  };
}
