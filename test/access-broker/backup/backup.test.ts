/** A backup holds all that a provider must not lose, and a restore takes it whole or not at all. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backUp, issueCard, restore, setOperatorPassword, subscribe } from "../../../access-broker/access-broker.ts";
import { openStore, type Provider } from "../../../access-broker/provider.ts";
import { parseAccessBrokerSettings } from "../../../access-broker/settings.ts";
import { fileMemory } from "../../../host/system-host.ts";
import { realHost } from "../rig.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-backup-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let states = 0;

/** A provider's state folder, its small files on the disk as in a real one. */
function newProvider(): Provider & { readonly home: string; readonly settingsFile: string } {
  const home = join(folder, `state-${states++}`);
  const state = join(home, "access-broker");
  const host = { ...realHost(), memory: fileMemory(state) };
  const settings = parseAccessBrokerSettings({ userPort: 0, gatewayPort: 0, remoteMqttPort: 0, proxyPort: 0 });
  return { home, folder: state, settingsFile: join(home, "settings.json"), host, settings };
}

const number = "090-1234-5678";
const secret = "JBSWY3DPEHPK3PXP";

async function fill(provider: ReturnType<typeof newProvider>): Promise<void> {
  await subscribe({ ...provider, number, user: "hanako", password: "correct horse battery", isOneTime: false });
  await issueCard({ ...provider, number });
  await setOperatorPassword({ ...provider, password: "river stone lantern" });
  await using store = openStore(provider);
  const facts = { secret };
  await store.addCredential({
    number,
    user: "hanako",
    kind: "totp",
    id: "hanako",
    facts,
    counter: 0,
    addedAt: 1,
    usedAt: null,
  });
  writeFileSync(provider.settingsFile, '{"accessBroker":{}}');
}

describe("A backup", () => {
  let from: ReturnType<typeof newProvider>;
  const plain = join(folder, "plain.backup");
  const locked = join(folder, "locked.backup");
  beforeAll(async () => {
    from = newProvider();
    await fill(from);
    // Somebody writes meanwhile, as a running broker does.
    await using _open = openStore(from);
    await backUp({ ...from, file: plain });
    await backUp({ ...from, file: locked, passphrase: "open sesame" });
  });

  it("is for its owner's eyes, can be looked into with tar, and never takes a file's place", async () => {
    expect(statSync(plain).mode & 0o777).toBe(0o600);
    const { stdout, status } = spawnSync("tar", ["-tzf", plain], { encoding: "utf8" });
    expect(status).toBe(0);
    const names = stdout.trim().split("\n");
    for (const name of [
      "manifest.json",
      "settings.json",
      "access-broker/access-broker.sqlite",
      "access-broker/operator.json",
      "access-broker/authority/gateway-ca.pem",
      "access-broker/authority/descriptor-key.pem",
      "access-broker/authority/sealing-key",
    ])
      expect(names).toContain(name);
    await expect(backUp({ ...from, file: plain })).rejects.toMatchObject({ code: "backup-invalid" });
    expect(readdirSync(folder).filter((name) => name.startsWith(".genkan") || name.endsWith(".tmp"))).toEqual([]);
  });

  it.each([
    ["plain", plain, undefined],
    ["locked", locked, "open sesame"],
  ])("that is %s brings everything back, the authenticator's secret too", async (_kind, file, passphrase) => {
    const to = newProvider();
    await restore({ ...to, file, passphrase, isForced: false });
    await using store = openStore(to);
    expect((await store.listUsers()).map(({ user }) => user)).toEqual(["hanako"]);
    expect((await store.findCredential(number, "totp", "hanako"))?.facts).toEqual({ secret });
    for (const name of readdirSync(join(from.folder, "authority")))
      expect(readFileSync(join(to.folder, "authority", name))).toEqual(
        readFileSync(join(from.folder, "authority", name)),
      );
    expect(to.host.memory.read("operator")).toEqual(from.host.memory.read("operator"));
    expect(readFileSync(to.settingsFile, "utf8")).toBe('{"accessBroker":{}}');
    expect(readdirSync(to.home).filter((name) => name.startsWith(".genkan"))).toEqual([]);
    expect(statSync(join(to.folder, "authority", "sealing-key")).mode & 0o777).toBe(0o600);
  });

  it("takes the place of nothing unless it is said, and then puts it aside", async () => {
    const to = newProvider();
    await subscribe({ ...to, number, user: "before", password: "correct horse battery", isOneTime: false });
    await expect(restore({ ...to, file: plain, isForced: false })).rejects.toMatchObject({ code: "state-exists" });
    await restore({ ...to, file: plain, isForced: true });
    expect(readdirSync(to.home).some((name) => name.startsWith("access-broker.before-"))).toBe(true);
    await using store = openStore(to);
    expect((await store.listUsers()).map(({ user }) => user)).toEqual(["hanako"]);
  });

  it("under a passphrase tells nothing without it, and tells who changed it", async () => {
    const to = newProvider();
    const octets = readFileSync(locked);
    expect(octets.includes("manifest.json")).toBe(false);
    const refused = { code: "backup-invalid" };
    await expect(restore({ ...to, file: locked, isForced: false })).rejects.toMatchObject({
      ...refused,
      details: { reason: "passphrase-needed" },
    });
    await expect(restore({ ...to, file: locked, passphrase: "wrong", isForced: false })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("passphrase"),
    });
    for (const at of [3, 100, octets.length - 3]) {
      const changed = Buffer.from(octets);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const file = join(folder, "changed.backup");
      writeFileSync(file, changed);
      await expect(restore({ ...to, file, passphrase: "open sesame", isForced: false })).rejects.toMatchObject(refused);
    }
    expect(existsSync(to.folder)).toBe(false);
  });

  it("that is damaged anywhere, cut, or no backup leaves everything as it was", async () => {
    const octets = readFileSync(plain);
    const damaged: Buffer[] = [
      Buffer.alloc(0),
      Buffer.from("no backup at all, and long enough to look at it closely"),
      octets.subarray(0, octets.length / 2),
    ];
    for (let at = 0; at < octets.length; at += Math.ceil(octets.length / 12)) {
      const changed = Buffer.from(octets);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      damaged.push(changed);
    }
    let refusals = 0;
    for (const one of damaged) {
      const file = join(folder, "damaged.backup");
      writeFileSync(file, one);
      const to = newProvider();
      const restored = await restore({ ...to, file, isForced: false }).catch((thrown: unknown) => thrown);
      if (restored instanceof Error) {
        expect(restored).toMatchObject({ code: "backup-invalid" });
        expect(existsSync(to.folder)).toBe(false);
        refusals++;
      } else {
        // An octet that means nothing, such as the date in gzip's head: what came out is what went in.
        await using store = openStore(to);
        expect(await store.listUsers()).toHaveLength(1);
      }
    }
    expect(refusals).toBeGreaterThanOrEqual(damaged.length - 2);
  });

  it("with a file that leads out of the folder is refused", async () => {
    const bad = join(folder, "bad");
    spawnSync("mkdir", ["-p", join(bad, "in")]);
    writeFileSync(join(bad, "escaped"), "x");
    const file = join(folder, "bad.backup");
    spawnSync("tar", ["-czPf", file, "--format=ustar", "../escaped"], { cwd: join(bad, "in") });
    const to = newProvider();
    await expect(restore({ ...to, file, isForced: false })).rejects.toMatchObject({ code: "backup-invalid" });
    expect(existsSync(join(to.home, "escaped"))).toBe(false);
  });
});
