import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDescriptorDatabase } from "../../../access-broker/descriptor-database/descriptor-database.ts";
import { createPublisher } from "../../../access-broker/descriptor-database/publish.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { parseDescriptor } from "../../../device-descriptors/catalogue.ts";
import { openLearnedDescriptors } from "../../../gateway-core/access-link/learned-descriptors.ts";
import type { DescriptorKey } from "../../../gateway-core/contract/descriptor.ts";
import { FakeClock, FakeLog, FakeMemory, settle } from "../../fakes/fake-host.ts";
import { providerKey } from "../../fakes/provider-key.ts";
import { lampKey, shippedLamp } from "../../fakes/shipped-descriptor.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-descriptors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const gateway = { id: "g", model: "home-gateway", version: "0.1.0" };
const lamp = (model: string, title = "Light") =>
  shippedLamp({ version: { model }, title, titles: { en: title, ja: "照明" } });

/** A database, the command that writes to it, and a gateway that learns from its answers. */
async function setUp() {
  const clock = new FakeClock();
  const log = new FakeLog();
  const path = join(folder, `${files++}.sqlite`);
  const [store, commandStore] = [openSqliteStore(path), openSqliteStore(path)];
  const provider = providerKey();
  const changes: number[] = [];
  const database = await openDescriptorDatabase({
    ...{ store, clock, log },
    markOf: (home) => `mark of ${home.length}`,
    onChange: (sequence) => changes.push(sequence),
  });
  const publisher = createPublisher({ store: commandStore, clock, sign: provider.sign });
  const host = { memory: new FakeMemory(), log };
  const learned = openLearnedDescriptors({
    host,
    descriptorKey: provider.descriptorKey,
    gateway,
    parse: parseDescriptor,
  });
  let id = 0;
  const ask = async (key: DescriptorKey = lampKey, matched = 0, has = learned.bestFor(key) ?? null, home = "090-1") =>
    database.answer(home, { id: `q${id++}`, gateway, key, matched, has });
  /** Asks, and learns what is answered; the version that the gateway has then. */
  const learn = async (): Promise<string | undefined> => {
    const answer = await ask();
    if (answer.answer === "signed") learned.accept(answer, lampKey);
    return learned.list()[0]?.version.model;
  };
  const seen = async (): Promise<void> => {
    await clock.advance(1_000);
    await settle();
  };
  return { clock, log, store, database, publisher, changes, learned, ask, learn, seen };
}

describe("The descriptor database", () => {
  it("knows nothing at first, and says so", async () => {
    const { database, ask } = await setUp();
    expect(await ask()).toEqual({ id: "q0", answer: "unknown" });
    expect(database.sequence).toBe(0);
  });

  it("sees within a second what another process publishes, and tells of it once", async () => {
    const { publisher, changes, database, learn, seen, clock } = await setUp();
    expect(await publisher.publish(lamp("1.0.0"))).toBe(true);
    await seen();
    expect(changes).toEqual([database.sequence]);
    expect(await learn()).toBe("1.0.0");
    await clock.advance(10_000);
    expect(changes).toHaveLength(1);
  });

  it("answers 'unchanged' to who has the newest, and what is newer to who has not", async () => {
    const { publisher, ask, learn, seen } = await setUp();
    await publisher.publish(lamp("1.0.0"));
    await seen();
    await learn();
    expect(await ask()).toMatchObject({ answer: "unchanged" });
    await publisher.publish(lamp("1.1.0"));
    await seen();
    expect(await learn()).toBe("1.1.0");
  });

  it("gives only what is more specific than what the gateway has itself", async () => {
    const { publisher, ask, seen, store } = await setUp();
    await publisher.publish(lamp("1.0.0"));
    await seen();
    expect(await ask(lampKey, 2)).toMatchObject({ answer: "unknown" });
    const exact = { ...lamp("1.0.0"), "gk:type": "echonet:0290:00000b:L7", "gk:match": [{ ...lampKey }] };
    await publisher.publish(exact);
    await seen();
    const answer = await ask(lampKey, 2);
    expect(answer).toMatchObject({ answer: "signed", statement: expect.stringContaining("echonet:0290:00000b:L7") });
    expect(await store.listWanted(10)).toEqual([]);
  });

  it("publishes the same thing once, and no other thing under the same version", async () => {
    const { publisher } = await setUp();
    expect(await publisher.publish(lamp("1.0.0"))).toBe(true);
    expect(await publisher.publish(lamp("1.0.0"))).toBe(false);
    await expect(publisher.publish(lamp("1.0.0", "Lamp"))).rejects.toMatchObject({ code: "descriptor-invalid" });
    await publisher.publish(lamp("1.1.0"));
    expect(await publisher.publish(lamp("1.0.0"))).toBe(false);
    await expect(publisher.publish(lamp("1.0.1"))).rejects.toMatchObject({
      code: "descriptor-invalid",
      details: { path: "/version/model" },
    });
  });

  it("rolls a version back for gateways that have learned it", async () => {
    const { publisher, learn, seen } = await setUp();
    await publisher.publish(lamp("1.0.0"));
    await publisher.publish(lamp("1.1.0"));
    await seen();
    expect(await learn()).toBe("1.1.0");
    await publisher.withdraw("echonet:0290", "1.1.0");
    await seen();
    expect(await learn()).toBe("1.0.0");
    await publisher.publish(lamp("1.1.0", "Mended"));
    await seen();
    expect(await learn()).toBe("1.1.0");
  });

  it("takes a type back from gateways that have learned it, and is believed when it offers it anew", async () => {
    const { publisher, learn, seen, ask } = await setUp();
    await publisher.publish(lamp("1.0.0"));
    await seen();
    await learn();
    await publisher.withdraw("echonet:0290", undefined);
    await seen();
    expect(await learn()).toBeUndefined();
    expect(await ask()).toMatchObject({ answer: "unknown" });
    await publisher.publish(lamp("1.0.0"));
    await seen();
    expect(await learn()).toBe("1.0.0");
  });

  it("leaves a gateway what it learned when the database was lost, and is believed by it again", async () => {
    const [before, after] = [await setUp(), await setUp()];
    await before.publisher.publish(lamp("1.0.0"));
    await before.seen();
    await before.learn();
    const has = before.learned.bestFor(lampKey) ?? null;
    expect(await after.ask(lampKey, 0, has)).toMatchObject({ answer: "unknown" });
    await after.clock.advance(60_000);
    await after.publisher.publish(lamp("1.0.0"));
    await after.seen();
    expect(after.database.sequence).toBeGreaterThan(has?.sequence ?? 0);
  });

  it("offers a version to some gateways beside another for the rest", async () => {
    const { publisher, learn, seen } = await setUp();
    await publisher.publish(lamp("1.0.0"));
    await publisher.publish(lamp("2.0.0"), { model: "home-gateway", from: "0.2.0" });
    await seen();
    expect(await learn()).toBe("1.0.0");
    await publisher.publish(lamp("2.0.0"), { model: "home-gateway" });
    await seen();
    expect(await learn()).toBe("2.0.0");
  });

  it("withdraws nothing that is not there", async () => {
    const { publisher } = await setUp();
    await expect(publisher.withdraw("echonet:0290", undefined)).rejects.toMatchObject({ code: "not-found" });
    await publisher.publish(lamp("1.0.0"));
    await expect(publisher.withdraw("echonet:0290", "2.0.0")).rejects.toMatchObject({ code: "not-found" });
  });

  it("publishes nothing that would not fit into an answer", async () => {
    const { publisher } = await setUp();
    const { power } = shippedLamp().properties;
    const properties = Object.fromEntries(
      Array.from({ length: 450 }, (_, n) => [
        `p${n}`,
        { ...power, titles: { en: "x".repeat(200), ja: "あ".repeat(200) } },
      ]),
    );
    const large = shippedLamp({ properties: JSON.parse(JSON.stringify(properties)) });
    await expect(publisher.publish(large)).rejects.toMatchObject({
      code: "descriptor-invalid",
      details: { maximum: 256 * 1024 },
    });
  });

  it("lets commands that publish at the same moment each have their turn", async () => {
    const { publisher, store } = await setUp();
    const types = Array.from({ length: 5 }, (_, n) => `t:${n}`);
    await Promise.all(types.map((type) => publisher.publish({ ...lamp("1.0.0"), "gk:type": type })));
    const entries = await store.listDescriptors(0);
    expect(entries.map(({ type }) => type).sort()).toEqual(types);
    expect(new Set(entries.map(({ sequence }) => sequence)).size).toBe(5);
  });
});

describe("The worklist", () => {
  it("counts the homes that asked in vain, each once, and forgets those that are served", async () => {
    const { publisher, ask, seen, store } = await setUp();
    for (const home of ["a", "bb", "bb", "ccc"]) await ask(lampKey, 0, null, home);
    await ask(lampKey, 2, null, "dddd");
    expect(await store.listWanted(10)).toMatchObject([{ homes: 3 }]);
    await publisher.publish(lamp("1.0.0"));
    await seen();
    await ask(lampKey, 0, null, "bb");
    expect(await store.listWanted(10)).toMatchObject([{ homes: 2 }]);
  });
});
