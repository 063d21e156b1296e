/** An access broker on PostgreSQL, and its backup: as rows, into another database, and into SQLite. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backUp, restore, subscribe } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { parseAccessBrokerSettings } from "../../access-broker/settings.ts";
import { number, openRig, realHost } from "../access-broker/rig.ts";
import { openPostgresServer, type PostgresServer, postgresBinaries } from "./postgres-server.ts";

const bin = postgresBinaries();

describe.skipIf(bin === undefined)("An access broker on PostgreSQL", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-pg-broker-"));
  let server: PostgresServer;
  beforeAll(async () => {
    server = await openPostgresServer(bin ?? "");
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it("lets people in, links a home, and keeps it all in a backup that fits any store", async () => {
    const url = server.database();
    await using rig = await openRig(undefined, { store: url });
    await using _home = await rig.join(async () => new Response("the page"));
    const cookie = await rig.logIn();
    expect((await rig.ask("/", { headers: { cookie } })).text).toBe("the page");
    const before = await rig.audit();
    expect(before.map(({ event }) => event)).toContain("home-online");
    expect((await fetch(`${rig.operator}/health`)).status).toBe(200);

    const file = join(folder, "postgres.backup");
    const told = await backUp({ ...rig.provider, file, settingsFile: join(folder, "none.json") });
    expect(told).toMatchObject({ store: "rows" });

    for (const [name, store] of [
      ["sqlite", undefined],
      ["other", server.database()],
    ] as const) {
      const settings = parseAccessBrokerSettings(store === undefined ? {} : { store });
      const to = { settings, host: realHost(), folder: join(folder, name, "access-broker") };
      await restore({ ...to, file, isForced: false, settingsFile: join(folder, name, "settings.json") });
      await using restored = openStore(to);
      expect(await restored.findUser(number, "hanako")).toMatchObject({ user: "hanako" });
      expect((await restored.readAudit(1_000)).length).toBeGreaterThanOrEqual(before.length);
    }
    const again = {
      settings: parseAccessBrokerSettings({ store: url }),
      host: realHost(),
      folder: join(folder, "x", "access-broker"),
    };
    await expect(
      restore({ ...again, file, isForced: false, settingsFile: join(folder, "x", "settings.json") }),
    ).rejects.toMatchObject({ code: "state-exists" });
  });

  it("shares its people with another broker at once", async () => {
    const url = server.database();
    await using first = await openRig(undefined, { store: url });
    await subscribe({ ...first.provider, number, user: "taro", password: "correct horse battery", isOneTime: false });
    const folderOfSecond = join(folder, "second");
    const second = { ...first.provider, folder: folderOfSecond };
    await using store = openStore(second);
    expect((await store.listUsers()).map(({ user }) => user)).toEqual(["hanako", "taro"]);
  });
});
