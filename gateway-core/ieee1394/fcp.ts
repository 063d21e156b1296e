/**
 * Sends AV/C commands and finds their answers (IEC 61883-1, 9: FCP; AV/C General 4.2, 8): one command at a time at each
 * node; an answer may come before the command is acknowledged, or after a while and an INTERIM; a bus reset may come
 * between. What asks is asked again then; what commands is not, for nobody knows whether it was obeyed.
 */

import { type Clock, sleep, type Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { isAnswer } from "./avc/answers.ts";
import { type AvcFrame, decodeAvcFrame, encodeAvcFrame } from "./avc/avc-frame.ts";
import type { Bus, NodeAt, Rcode } from "./bus.ts";
import { initialRegisterSpace } from "./csr.ts";

export interface Fcp {
  /**
   * The final response, whatever it says.
   * @throws HomeError `device-silent` with `reason`: "absent", "timeout", "bus-reset", or the rcode that kept it from the device.
   */
  ask(guid: string, command: AvcFrame, signal: AbortSignal): Promise<AvcFrame>;
  /** The first response to a NOTIFY; after an INTERIM `onChanged` is called once, unless a bus reset comes before. */
  notify(guid: string, command: AvcFrame, onChanged: () => void, signal: AbortSignal): Promise<AvcFrame>;
  dispose(): void;
}

export interface FcpOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly locate: (guid: string, signal: AbortSignal) => Promise<NodeAt | undefined>;
}

/** The specification gives a target 100 ms for its first response; real ones take longer. Counted from when the command has been taken. */
const firstResponseMs = 250;
const afterInterimMs = 10_000;
const attempts = 3;
const betweenMs = 20;
const commandRegister = initialRegisterSpace + 0xb00;

interface Exchange {
  readonly at: NodeAt;
  readonly command: AvcFrame;
  take(response: AvcFrame): void;
}

type Ending = AvcFrame | "timeout" | "bus-reset" | Rcode;

export function createFcp({ bus, clock, locate }: FcpOptions): Fcp {
  const exchanges = new Set<Exchange>();
  const queues = new Map<string, Promise<unknown>>();
  const notifications = new Set<Exchange>();
  const resets = new Set<() => void>();

  const stops = [
    bus.onFcp(({ nodeId, generation, isResponse, octets }) => {
      const response = isResponse ? readResponse(octets) : undefined;
      if (response === undefined) return;
      for (const exchange of [...exchanges, ...notifications]) {
        const { at, command, take } = exchange;
        if (at.nodeId !== nodeId || at.generation !== generation || !isAnswer(command, response)) continue;
        return take(response);
      }
    }),
    bus.onReset(() => {
      notifications.clear();
      for (const tell of [...resets]) tell();
    }),
  ];

  /** Sends once; a command is registered before it is written, since its answer may be there first. */
  function exchange(at: NodeAt, command: AvcFrame, signal: AbortSignal): Promise<Ending> {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    let timer: Timer | undefined;
    let isOver = false;
    const wait = (ms: number): void => {
      timer?.cancel();
      if (!isOver) timer = clock.after(ms, () => resolve("timeout"));
    };
    let isInterim = false;
    const one: Exchange = {
      at,
      command,
      take(response) {
        if (response.code !== "INTERIM" || command.code === "NOTIFY") return resolve(response);
        isInterim = true;
        wait(afterInterimMs);
      },
    };
    const onReset = (): void => resolve("bus-reset");
    const onAbort = (): void => resolve("cancelled");
    exchanges.add(one);
    resets.add(onReset);
    signal.addEventListener("abort", onAbort, { once: true });
    void bus.write(at, commandRegister, encodeAvcFrame(command)).then((rcode) => {
      if (isInterim) return;
      if (rcode === "complete") wait(firstResponseMs);
      else resolve(rcode);
    });
    return promise.finally(() => {
      isOver = true;
      timer?.cancel();
      exchanges.delete(one);
      resets.delete(onReset);
      signal.removeEventListener("abort", onAbort);
    });
  }

  async function askInTurn(guid: string, command: AvcFrame, signal: AbortSignal): Promise<[NodeAt, AvcFrame]> {
    let reason = "absent";
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await sleep(clock, betweenMs, signal);
      const at = await locate(guid, signal);
      if (at === undefined) break;
      signal.throwIfAborted();
      const ending = await exchange(at, command, signal);
      signal.throwIfAborted();
      if (typeof ending === "object") return [at, ending];
      reason = ending;
      // It may have been obeyed: to press a key or to start a recording twice is worse than to say so.
      const mayBeDone = ending === "timeout" || ending === "bus-reset";
      if (mayBeDone && command.code === "CONTROL") break;
    }
    throw new HomeError("device-silent", `the device ${guid} did not answer (${reason})`, { guid, reason });
  }

  /** One command at a time at each node. */
  function inTurn<T>(guid: string, act: () => Promise<T>): Promise<T> {
    const before = queues.get(guid) ?? Promise.resolve();
    const turn = before.then(act, act);
    queues.set(guid, turn);
    const forget = (): void => void (queues.get(guid) === turn && queues.delete(guid));
    turn.then(forget, forget);
    return turn;
  }

  return {
    ask: (guid, command, signal) => inTurn(guid, async () => (await askInTurn(guid, command, signal))[1]),
    notify: (guid, command, onChanged, signal) =>
      inTurn(guid, async () => {
        const [at, response] = await askInTurn(guid, command, signal);
        if (response.code !== "INTERIM") return response;
        const open: Exchange = {
          at,
          command,
          take(changed) {
            if (changed.code === "INTERIM") return;
            notifications.delete(open);
            onChanged();
          },
        };
        notifications.add(open);
        signal.addEventListener("abort", () => notifications.delete(open), { once: true });
        return response;
      }),
    dispose() {
      for (const stop of stops) stop();
      notifications.clear();
    },
  };
}

/** Undefined for what is no AV/C frame: other command sets have other listeners. */
function readResponse(octets: Uint8Array): AvcFrame | undefined {
  try {
    return decodeAvcFrame(octets);
  } catch (thrown) {
    if (thrown instanceof HomeError) return undefined;
    throw thrown;
  }
}
