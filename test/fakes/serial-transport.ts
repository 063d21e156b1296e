/** A transport to one single meter over a slow serial line, framed as radio modules do: what a Wi-SUN adapter will be like. */

import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Datagram, OpenTransport, Pace, Transport } from "../../gateway-core/echonet/transport.ts";

const longestDatagram = 1_232;

/** The line and the meter at its end: text both ways, one datagram a line, a second and a half each way. */
export class SerialLine {
  readonly address = "fe80::21d:1290:1:2";
  readonly pace: Pace = { firstAnswerMs: 5_000, longestAnswerMs: 20_000, mostProperties: 4 };
  oneWayMs = 1_500;
  /** What the meter is told. */
  onMeter: (octets: Uint8Array) => void = () => undefined;
  readonly #clock: Clock;
  readonly #listeners = new Set<(datagram: Datagram) => void>();
  #isOpen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The meter sends. */
  say(octets: Uint8Array): void {
    const text = `ERXUDP ${this.address} ${toHex(octets)}`;
    this.#clock.after(this.oneWayMs, () => {
      const [, from = "", hex = ""] = text.split(" ");
      for (const listener of this.#listeners) listener({ from, octets: fromHex(hex) });
    });
  }

  #write(octets: Uint8Array, to: string): void {
    if (!this.#isOpen || to !== this.address || octets.length > longestDatagram) return;
    const text = `SKSENDTO ${to} ${toHex(octets)}`;
    this.#clock.after(this.oneWayMs, () => this.onMeter(fromHex(text.split(" ")[2] ?? "")));
  }

  readonly open: OpenTransport = async (): Promise<Transport> => {
    this.#isOpen = true;
    return {
      pace: this.pace,
      send: (octets, to) => this.#write(octets, to),
      // There is nobody else on this line.
      multicast: (octets) => this.#write(octets, this.address),
      onDatagram: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      onReach: () => () => undefined,
      [Symbol.asyncDispose]: async () => {
        this.#isOpen = false;
        this.#listeners.clear();
      },
    };
  };
}
