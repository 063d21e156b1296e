import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../gateway-core/bytes/hex.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { deviceIdOf, openNodeBook } from "../../gateway-core/echonet/node-book.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";

const x = fromHex(`fe000006${"01".repeat(13)}`);
const y = fromHex(`fe000006${"02".repeat(13)}`);
const lamp = 0x029001;

/** Starts of the gateway over one memory; `lan` says which number answers where now. */
function house() {
  const host: FakeHost = fakeHost();
  const lan = new Map<string, Uint8Array>();
  let book = openNodeBook(host.memory, host.log);
  const ask = async (address: string): Promise<Uint8Array | undefined> => lan.get(address);
  return {
    host,
    lan,
    restart: () => {
      book = openNodeBook(host.memory, host.log);
    },
    async idAt(address: string, identification = lan.get(address)): Promise<string | undefined> {
      const record = await book.identify(address, identification, ask);
      return record && deviceIdOf(record, lamp);
    },
  };
}

describe("a device id", () => {
  it("is made of the address at first sight and the object, and stays over restarts", async () => {
    const { idAt, restart } = house();
    expect(await idAt("192.168.1.20")).toBe("echonet-192-168-1-20-029001");
    restart();
    expect(await idAt("192.168.1.20")).toBe("echonet-192-168-1-20-029001");
  });

  it("follows an identification number that was seen unchanged over two starts to another address", async () => {
    const { lan, idAt, restart } = house();
    lan.set("10.0.0.2", x);
    const id = await idAt("10.0.0.2");
    restart();
    expect(await idAt("10.0.0.2")).toBe(id);
    lan.delete("10.0.0.2");
    lan.set("10.0.0.9", x);
    expect(await idAt("10.0.0.9")).toBe(id);
    restart();
    expect(await idAt("10.0.0.9")).toBe(id);
  });

  it("follows a node that changed its address between the two starts", async () => {
    const { lan, idAt, restart } = house();
    lan.set("10.0.0.2", x);
    const id = await idAt("10.0.0.2");
    restart();
    lan.clear();
    lan.set("10.0.0.9", x);
    expect(await idAt("10.0.0.9")).toBe(id);
  });

  it("does not follow a number that was seen in one start only", async () => {
    const { lan, idAt } = house();
    lan.set("10.0.0.2", x);
    const id = await idAt("10.0.0.2");
    lan.clear();
    lan.set("10.0.0.9", x);
    expect(await idAt("10.0.0.9")).not.toBe(id);
  });

  it("survives two nodes that swap their addresses", async () => {
    const { lan, idAt, restart } = house();
    lan.set("10.0.0.2", x).set("10.0.0.3", y);
    const [first, second] = [await idAt("10.0.0.2"), await idAt("10.0.0.3")];
    restart();
    lan.set("10.0.0.2", y).set("10.0.0.3", x);
    expect([await idAt("10.0.0.3"), await idAt("10.0.0.2")]).toEqual([first, second]);
  });

  it("stays with the address when the number is random at every start", async () => {
    const { lan, idAt, restart } = house();
    const ids = new Set<string | undefined>();
    for (let start = 0; start < 8; start++) {
      lan.set("10.0.0.2", fromHex(`fe0000060${start}${"03".repeat(12)}`));
      ids.add(await idAt("10.0.0.2"));
      restart();
    }
    expect(ids.size).toBe(1);
  });

  it.each([
    ["absent", undefined],
    ["all zero", new Uint8Array(17)],
    ["four octets long", fromHex("fe000006")],
  ])("is not led by a number that is %s", async (_, identification) => {
    const { idAt, restart } = house();
    const id = await idAt("10.0.0.2", identification);
    restart();
    await idAt("10.0.0.2", identification);
    restart();
    expect(await idAt("10.0.0.9", identification)).not.toBe(id);
  });

  it("is not led by a number that several nodes share", async () => {
    const { host, lan, idAt, restart } = house();
    lan.set("10.0.0.2", x).set("10.0.0.3", x);
    const [first, second] = [await idAt("10.0.0.2"), await idAt("10.0.0.3")];
    expect(first).not.toBe(second);
    expect(host.log.events("warn")).toEqual(["identification-shared"]);
    restart();
    expect([await idAt("10.0.0.3"), await idAt("10.0.0.2")]).toEqual([second, first]);
    restart();
    lan.clear();
    lan.set("10.0.0.9", x);
    expect([first, second]).not.toContain(await idAt("10.0.0.9"));
  });

  it("is not taken over by another node at the same address: the owner keeps it when it is found elsewhere", async () => {
    const { lan, idAt, restart } = house();
    lan.set("10.0.0.2", x);
    const id = await idAt("10.0.0.2");
    restart();
    lan.set("10.0.0.2", y).set("10.0.0.9", x);
    await idAt("10.0.0.2");
    expect(await idAt("10.0.0.9")).toBe(id);
    const newcomer = await idAt("10.0.0.2");
    expect(newcomer).toBe("echonet-10-0-0-2-2-029001");
    expect(await idAt("10.0.0.9")).toBe(id);
  });
});

describe("the book of nodes", () => {
  it("is written only when something changed", async () => {
    const { host, idAt } = house();
    await idAt("10.0.0.2", x);
    const before = host.memory.values.get("echonet-nodes");
    await idAt("10.0.0.2", x);
    expect(host.memory.values.get("echonet-nodes")).toBe(before);
  });

  it("is bounded, and says so once", async () => {
    const { host, idAt } = house();
    for (let node = 0; node < 1_000; node++) await idAt(`10.0.${node >> 8}.${node & 0xff}`);
    expect([await idAt("10.9.9.9"), await idAt("10.9.9.8")]).toEqual([undefined, undefined]);
    expect(host.log.events("warn")).toEqual(["node-book-full"]);
  });

  it("opens with whatever stands in its memory", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (memory) => {
        const host = fakeHost();
        for (const value of [memory, { nodes: memory, shared: memory }, { nodes: [memory], shared: [memory] }]) {
          host.memory.values.set("echonet-nodes", value as Json);
          const book = openNodeBook(host.memory, host.log);
          expect(await book.identify("10.0.0.2", x, async () => undefined)).toBeDefined();
        }
      }),
    );
    const host = fakeHost();
    const node = { slug: "a", address: 7, identifications: { ff: "x" } };
    host.memory.values.set("echonet-nodes", { nodes: [node, { slug: "b" }, 7], shared: ["ff"] });
    expect(
      await openNodeBook(host.memory, host.log).identify("10.0.0.2", undefined, async () => undefined),
    ).toBeDefined();
  });
});
