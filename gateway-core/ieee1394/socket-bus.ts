/**
 * A bus behind a socket of this machine, as the simulated home offers it: one JSON object in a line, both ways
 * (docs/ieee1394.md, "The wire of the simulated bus"). While nobody is there it is a bus without nodes.
 */

import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { toHex } from "../bytes/hex.ts";
import type { Host, Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import {
  type Answer,
  type Bus,
  type BusState,
  type FcpWrite,
  type IsochronousPacket,
  noBus,
  type TellTrouble,
} from "./bus.ts";
import { formatAddress } from "./csr.ts";
import { parseBusMessage } from "./socket-bus-message.ts";

const loopback = /^tcp:\/\/(127\.0\.0\.1|\[::1\]):(\d{1,5})$/;
const retry = { firstMs: 500, longestMs: 10_000 };
/** A second of the fastest stream in one piece is less. */
const longestLine = 50_000_000;
const newline = 0x0a;
const cancelled: Answer = { rcode: "cancelled", data: new Uint8Array(0) };

/** Resolves at once; connects, and connects again whenever the socket ends. @throws HomeError `settings-invalid` */
export function openSocketBus(url: string, { clock, log }: Host, tell: TellTrouble = () => undefined): Bus {
  const [, address = "", port = ""] = loopback.exec(url) ?? [];
  if (address === "" || Number(port) > 65_535) {
    throw new HomeError("settings-invalid", `"${url}" is no tcp://127.0.0.1:PORT`, { key: "ieee1394.bus" });
  }
  const pending = new Map<number, (answer: Answer) => void>();
  const resets = new Set<(state: BusState) => void>();
  const fcp = new Set<(frame: FcpWrite) => void>();
  const channels = new Map<number, Set<(packets: readonly IsochronousPacket[]) => void>>();
  const announced: JsonObject[] = [];
  let state = noBus;
  let socket: Socket | undefined;
  let timer: Timer | undefined;
  let isClosed = false;
  let failures = 0;
  let ids = 0;

  const setState = (next: BusState): void => {
    state = next;
    for (const listener of [...resets]) listener(next);
  };
  const send = (message: object): boolean => socket?.write(`${JSON.stringify(message)}\n`) ?? false;

  function take(line: string): void {
    const message = parseBusMessage(line);
    if (message.kind === "answer") {
      pending.get(message.id)?.(message.answer);
      pending.delete(message.id);
    } else if (message.kind === "fcp") for (const listener of [...fcp]) listener(message.frame);
    else if (message.kind === "isochronous") {
      for (const listener of channels.get(message.channel) ?? []) listener(message.packets);
    } else {
      failures = 0;
      tell(undefined);
      setState(message.state);
    }
  }

  function open(): void {
    if (isClosed) return;
    const opening = connect({ host: address.replace(/[[\]]/g, ""), port: Number(port) });
    socket = opening;
    opening.setNoDelay(true);
    opening.on("connect", () => {
      for (const channel of channels.keys()) send({ do: "listen", channel });
      for (const descriptor of announced) send({ do: "announce", ...descriptor });
    });
    let lineOctets = 0;
    opening.on("data", (octets) => {
      const end = octets.lastIndexOf(newline);
      lineOctets = end < 0 ? lineOctets + octets.length : octets.length - end - 1;
      if (lineOctets > longestLine) opening.destroy();
    });
    const lines = createInterface({ input: opening });
    lines.on("line", (line) => {
      try {
        take(line);
      } catch (thrown) {
        if (!(thrown instanceof HomeError)) throw thrown;
        log.write("error", "bus-message-refused", thrown.toBody());
        opening.destroy();
      }
    });
    // The reader's own error is that of its socket.
    lines.on("error", () => undefined);
    opening.on("error", (error) => {
      if (failures === 0) log.write("warn", "bus-away", { bus: url, reason: error.message });
      tell({ reason: "bus-away", detail: `nobody answers at ${url}` });
    });
    opening.once("close", () => {
      lines.close();
      end();
      timer = clock.after(Math.min(retry.longestMs, retry.firstMs * 2 ** failures++), open);
      if (isClosed) timer.cancel();
    });
  }

  function end(): void {
    socket = undefined;
    for (const answer of pending.values()) answer(cancelled);
    pending.clear();
    if (state !== noBus) setState(noBus);
  }

  function ask(message: JsonObject): Promise<Answer> {
    if (socket === undefined || isClosed) return Promise.resolve(cancelled);
    const id = ids++;
    return new Promise((resolve) => {
      pending.set(id, resolve);
      send({ id, ...message });
    });
  }

  open();
  return {
    get state() {
      return state;
    },
    read: (at, where, octetCount) => ask({ do: "read", ...at, address: formatAddress(where), octetCount }),
    write: async (at, where, octets) =>
      (await ask({ do: "write", ...at, address: formatAddress(where), data: toHex(octets) })).rcode,
    lock: (at, where, kind, octets) => ask({ do: kind, ...at, address: formatAddress(where), data: toHex(octets) }),
    resetBus: () => void send({ do: "reset" }),
    announce({ key, octets }) {
      const descriptor = { key, data: toHex(octets) };
      announced.push(descriptor);
      send({ do: "announce", ...descriptor });
    },
    onReset(listener) {
      resets.add(listener);
      return () => void resets.delete(listener);
    },
    onFcp(listener) {
      fcp.add(listener);
      return () => void fcp.delete(listener);
    },
    listen(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      if (listeners.size === 0) send({ do: "listen", channel });
      channels.set(channel, listeners.add(listener));
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        channels.delete(channel);
        send({ do: "unlisten", channel });
      };
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      timer?.cancel();
      const ending = socket;
      resets.clear();
      end();
      if (ending === undefined || ending.destroyed) return;
      await new Promise<void>((resolve) => {
        ending.once("close", () => resolve());
        ending.destroy();
      });
    },
  };
}
