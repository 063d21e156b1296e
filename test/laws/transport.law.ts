/** What every wire keeps, whatever carries it (gateway-core/echonet/transport.ts). */

import { afterEach, describe, expect, it } from "vitest";
import { toHex } from "../../gateway-core/bytes/hex.ts";
import type { Transport } from "../../gateway-core/echonet/transport.ts";

/** A transport, and one node at the other end of its wire. */
export interface TransportWorld extends AsyncDisposable {
  readonly transport: Transport;
  /** Where the node is reached. */
  readonly address: string;
  /** What reached the node, in hexadecimal. */
  readonly reached: readonly string[];
  /** The node sends to the gateway. */
  say(octets: Uint8Array): void;
  /** Lets time go by: as long as a datagram needs, at least. */
  pass(): Promise<void>;
}

export function transportLaw(name: string, openWorld: () => Promise<TransportWorld>): void {
  describe(`${name} keeps the law of transports:`, () => {
    let world: TransportWorld | undefined;
    afterEach(async () => {
      await world?.[Symbol.asyncDispose]();
    });

    async function arrive() {
      world = await openWorld();
      const { transport, address, reached, say, pass } = world;
      const heard: { from: string; hex: string }[] = [];
      const stop = transport.onDatagram(({ from, octets }) => heard.push({ from, hex: toHex(octets) }));
      /** Waits until it is so; what must not be so is looked at after what was sent later has come. */
      const until = async (isSo: () => boolean): Promise<void> => {
        for (let waits = 0; !isSo() && waits < 200; waits++) await pass();
        expect(isSo()).toBe(true);
      };
      return { transport, address, reached, say, heard, stop, until, pass };
    }

    it("what is sent to a node reaches it whole", async () => {
      const { transport, address, reached, until } = await arrive();
      for (const octet of [1, 2, 3]) transport.send(new Uint8Array(20 * octet).fill(octet), address);
      await until(() => reached.length === 3);
      expect([...reached].toSorted()).toEqual(["01", "02", "03"].map((octet, index) => octet.repeat(20 * (index + 1))));
    });

    it("what is sent to all reaches the node, and does not come back", async () => {
      const { transport, reached, say, heard, until } = await arrive();
      transport.multicast(Uint8Array.of(7, 8));
      await until(() => reached.includes("0708"));
      say(Uint8Array.of(9));
      await until(() => heard.length > 0);
      expect(heard.map(({ hex }) => hex)).toEqual(["09"]);
    });

    it("what a node says is heard whole, with an address that leads back to it", async () => {
      const { transport, address, reached, say, heard, until } = await arrive();
      say(Uint8Array.of(0x10, 0x81, 0, 0xff));
      await until(() => heard.length === 1);
      expect(heard).toEqual([{ from: address, hex: "108100ff" }]);
      transport.send(Uint8Array.of(5), heard[0]?.from ?? "");
      await until(() => reached.includes("05"));
    });

    it("what was heard stays as it was when more is heard", async () => {
      const { transport, say, until } = await arrive();
      const kept: Uint8Array[] = [];
      transport.onDatagram(({ octets }) => kept.push(octets));
      for (const octet of [1, 2, 3, 4]) say(Uint8Array.of(octet, octet));
      await until(() => kept.length === 4);
      expect(kept.map(toHex).toSorted()).toEqual(["0101", "0202", "0303", "0404"]);
    });

    it("who stops listening hears no more", async () => {
      const { transport, say, heard, stop, until } = await arrive();
      const later: string[] = [];
      transport.onDatagram(({ octets }) => later.push(toHex(octets)));
      stop();
      say(Uint8Array.of(1));
      await until(() => later.length === 1);
      expect(heard).toEqual([]);
    });

    it("what cannot be sent is lost, without a word to the caller", async () => {
      const { transport, address, reached, until } = await arrive();
      transport.send(new Uint8Array(100_000), address);
      transport.send(Uint8Array.of(1), "nowhere");
      transport.send(Uint8Array.of(2), address);
      await until(() => reached.includes("02"));
      expect(reached).toEqual(["02"]);
    });

    it("it says how long an answer may take and how much a frame may hold", async () => {
      const { firstAnswerMs, longestAnswerMs, mostProperties } = (await arrive()).transport.pace;
      expect(firstAnswerMs).toBeGreaterThan(0);
      expect(longestAnswerMs).toBeGreaterThanOrEqual(firstAnswerMs);
      expect(Number.isInteger(mostProperties) && mostProperties > 0).toBe(true);
    });

    it("once closed it sends and hears nothing, and may be closed again", async () => {
      const { transport, address, reached, say, heard, pass } = await arrive();
      await transport[Symbol.asyncDispose]();
      transport.send(Uint8Array.of(1), address);
      transport.multicast(Uint8Array.of(1));
      say(Uint8Array.of(2));
      await pass();
      await transport[Symbol.asyncDispose]();
      expect([reached, heard]).toEqual([[], []]);
    });
  });
}
