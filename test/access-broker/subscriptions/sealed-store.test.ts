import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSeal } from "../../../access-broker/authority/sealing-key.ts";
import { sealOldSecrets, sealStore } from "../../../access-broker/subscriptions/sealed-store.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { storeLaw } from "../../laws/store.law.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-seal-"));
afterAll(() => rmSync(folder, { recursive: true }));
let stores = 0;
const key = () => openSeal(join(folder, "keys"));
const plainAt = (name: string) => openSqliteStore(join(folder, name, "store.sqlite"));

storeLaw(async () => {
  const name = `law-${stores++}`;
  return { store: sealStore(plainAt(name), key), reopen: async () => sealStore(plainAt(name), key) };
});

const hanako = { number: "090-1234-5678", user: "hanako", passwordHash: "h", state: "password" } as const;
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const app = {
  number: hanako.number,
  user: "hanako",
  kind: "totp",
  id: "hanako",
  facts: { secret },
  counter: 0,
  addedAt: 1,
  usedAt: null,
} as const;

/** Whether the secret stands anywhere in the files of a store. */
const isOnDisk = (name: string): boolean =>
  readdirSync(join(folder, name)).some((file) => readFileSync(join(folder, name, file)).includes(secret));

describe("An authenticator's secret", () => {
  it("is read by who asks the store, and by nobody who has its files", async () => {
    await using store = sealStore(plainAt("fresh"), key);
    await store.putUser(hanako);
    await store.addCredential(app);
    expect(await store.findCredential(app.number, "totp", "hanako")).toEqual(app);
    expect(await store.listCredentials(app.number, "hanako")).toEqual([app]);
    expect(isOnDisk("fresh")).toBe(false);
    expect(statSync(join(folder, "keys", "sealing-key")).mode & 0o777).toBe(0o600);
  });

  it("that an earlier version wrote in clear is sealed, once, and nothing of it stays behind", async () => {
    const plain = plainAt("old");
    await plain.putUser(hanako);
    await plain.addCredential(app);
    expect(isOnDisk("old")).toBe(true);
    expect(await sealOldSecrets(plain, key)).toBe(1);
    expect(await sealOldSecrets(plain, key)).toBe(0);
    expect(isOnDisk("old")).toBe(false);
    await using store = sealStore(plain, key);
    expect(await store.findCredential(app.number, "totp", "hanako")).toEqual(app);
  });

  it("opens at its own place alone, and with its own key", async () => {
    const plain = plainAt("moved");
    await using store = sealStore(plain, key);
    await store.putUser(hanako);
    await store.putUser({ ...hanako, user: "taro" });
    await store.addCredential(app);
    const sealed = (await plain.findCredential(app.number, "totp", "hanako"))?.facts ?? {};
    await plain.addCredential({ ...app, user: "taro", id: "taro", facts: sealed });
    await expect(store.findCredential(app.number, "totp", "taro")).rejects.toMatchObject({ code: "internal" });
    const other = sealStore(plain, () => openSeal(join(folder, "other-keys")));
    await expect(other.findCredential(app.number, "totp", "hanako")).rejects.toMatchObject({ code: "internal" });
  });
});
