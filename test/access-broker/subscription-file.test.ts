import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  addKey,
  exportSubscriptions,
  grantPerson,
  importSubscriptions,
  invitePerson,
  listTable,
  parseAccessBrokerSettings,
  setMethods,
  setProxy,
  setRequirement,
  verifyAudit,
} from "../../access-broker/access-broker.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { realHost } from "./rig.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A provider's state folder; `like`: of the same provider, on another machine. */
function newProvider(like?: { readonly folder: string }, settings: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "genkan-file-"));
  folders.push(folder);
  if (like !== undefined) cpSync(join(like.folder, "authority"), join(folder, "authority"), { recursive: true });
  const clock = new FakeClock();
  return { folder, clock, host: { ...realHost(), clock }, settings: parseAccessBrokerSettings(settings) };
}
const number = "090-1";
const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJgt0dU6RqRZv0p+LzYJd6CPsNmYXeFKPN0L2HFMFfV5 cron";
const because = (reason: string) => expect.objectContaining({ code: "subscription-file-invalid", details: { reason } });

describe("A subscription file", () => {
  const fill = async () => {
    const provider = newProvider();
    const at = { ...provider, number };
    await invitePerson({ ...at, user: "hanako" });
    await invitePerson({ ...at, user: "taro", grant: { devices: { lamp: { access: "view" } } } });
    await addKey({ ...at, user: "taro", line });
    await setMethods({ ...at, methods: "https,mqtts" });
    await setRequirement({ ...at, requirement: "key|passkey" });
    await setProxy({ ...at, isAllowed: true, deny: ["*.example"] });
    await invitePerson({ ...provider, number: "090-2", user: "jiro" });
    return provider;
  };

  it("carries homes, whole, to another access broker of the provider, all or the one that is meant", async () => {
    const from = await fill();
    const file = await exportSubscriptions(from);
    const all = newProvider(from);
    expect(await importSubscriptions({ ...all, file })).toEqual(["090-1", "090-2"]);
    expect(await listTable(all)).toEqual(await listTable(from));
    const one = newProvider(from);
    await importSubscriptions({ ...one, file: await exportSubscriptions({ ...from, number }) });
    expect((await listTable(one)).map((row) => [row.user, row.factors, row.methods, row.requirement])).toEqual([
      ["hanako", [], ["https", "mqtts"], "key|passkey"],
      ["taro", ["key"], ["https", "mqtts"], "key|passkey"],
    ]);
    expect(await verifyAudit(one)).toMatchObject({ entries: 1, brokenAt: null });
    await expect(exportSubscriptions({ ...from, number: "090-3" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("says how a home is: what the table held before of it is gone", async () => {
    const from = await fill();
    const file = await exportSubscriptions({ ...from, number });
    await invitePerson({ ...from, number, user: "late" });
    await grantPerson({ ...from, number, user: "taro", role: "owner" });
    await setProxy({ ...from, number, isAllowed: false });
    await importSubscriptions({ ...from, file });
    const rows = (await listTable(from)).map(({ user, role }) => `${user} ${role}`);
    expect(rows).toEqual(["hanako owner", "taro guest", "jiro owner"]);
    expect((await listTable(from))[0]?.proxy).toBe("limited");
  });

  it("that is not this provider's, was changed, is for another host or too old, changes nothing", async () => {
    const from = await fill();
    const file = await exportSubscriptions(from);
    const to = newProvider(from);
    const refuse = async (provider: ReturnType<typeof newProvider>, input: unknown, reason: string) => {
      await expect(importSubscriptions({ ...provider, file: input }), reason).rejects.toEqual(because(reason));
      expect(await listTable(provider)).toEqual([]);
    };
    await refuse(newProvider(), file, "signature");
    await refuse(to, { ...file, statement: file.statement.replace('"guest"', '"owner"') }, "signature");
    await refuse(to, { ...file, signature: `A${file.signature.slice(1)}` }, "signature");
    for (const none of [null, {}, { statement: file.statement }, { ...file, signature: 1 }, []]) {
      await refuse(to, none, "form");
    }
    await refuse(newProvider(from, { host: "other.example" }), file, "host");
    await to.clock.advance(30 * 24 * 60 * 60_000);
    await refuse(to, file, "expired");
  });
});
