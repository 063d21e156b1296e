import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addKey, subscribe } from "../../access-broker/access-broker.ts";
import { bareHost, codeOf, cookiesOf, number, openRig, password, type Rig, user } from "./rig.ts";

const hasSsh = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!hasSsh) console.warn("ssh-keygen is not here: logging in with it is not tried (install openssh-client)");

describe.skipIf(!hasSsh)("A program logs in with a key", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-key-"));
  const key = join(folder, "id");
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
    const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "script", "-f", key]);
    expect(made.status).toBe(0);
    await addKey({ ...rig.provider, number, user, line: readFileSync(`${key}.pub`, "utf8") });
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const name = `${number}.${bareHost}`;
  const asked = async (who = user, at = name) =>
    JSON.parse((await rig.ask("/login/challenge", { name: at, json: { kind: "key", user: who } })).text);
  let files = 0;
  const signed = (challenge: string, namespace = "genkan"): string => {
    const file = join(folder, `challenge-${files++}`);
    writeFileSync(file, challenge);
    expect(spawnSync("ssh-keygen", ["-Y", "sign", "-q", "-f", key, "-n", namespace, file]).status).toBe(0);
    return readFileSync(`${file}.sig`, "utf8");
  };

  it("by signing what it was given with ssh-keygen, once", async () => {
    const { challenge, namespace, expires } = await asked();
    expect(challenge).toContain(`https://${rig.authority()}`);
    expect(namespace).toBe("genkan");
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
    const form = { user, challenge, signature: signed(challenge) };
    const done = await rig.ask("/login", { form });
    expect(done.status).toBe(303);
    expect((await rig.ask("/api/home", { headers: { cookie: cookiesOf(done) } })).status).toBe(503);
    expect(codeOf(await rig.ask("/login", { form }))).toBe("login-refused");
    const again = await asked();
    const json = { user, challenge: again.challenge, signature: signed(again.challenge) };
    expect((await rig.ask("/login", { json })).status).toBe(303);
  });

  it("and not with what was signed for another purpose, home, person, or by itself", async () => {
    await subscribe({ ...rig.provider, number: "key-neighbour", user, password, isOneTime: false });
    await addKey({ ...rig.provider, number: "key-neighbour", user, line: readFileSync(`${key}.pub`, "utf8") });
    const other = await asked(user, `key-neighbour.${bareHost}`);
    const mine = await asked();
    const attempts = [
      { user, challenge: mine.challenge, signature: signed(mine.challenge, "git") },
      { user, challenge: other.challenge, signature: signed(other.challenge) },
      { user: "taro", challenge: mine.challenge, signature: signed(mine.challenge) },
      { user, challenge: "genkan login x y z", signature: signed("genkan login x y z") },
    ];
    for (const form of attempts)
      expect(codeOf(await rig.ask("/login", { form })), form.challenge).toBe("login-refused");
    const reasons = (await rig.audit())
      .filter(({ event }) => event === "login-refused")
      .map(({ facts }) => facts["reason"]);
    expect(reasons).toEqual(expect.arrayContaining(["wrong-signature", "nonce-invalid", "unknown"]));
  });

  it("a key is its user's alone, and listed in the table", async () => {
    const { listTable } = await import("../../access-broker/access-broker.ts");
    const line = readFileSync(`${key}.pub`, "utf8");
    await expect(addKey({ ...rig.provider, number, user, line })).rejects.toMatchObject({ code: "value-invalid" });
    await expect(addKey({ ...rig.provider, number, user: "nobody", line })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await listTable(rig.provider)).toContainEqual(expect.objectContaining({ number, user, factors: ["key"] }));
  });
});
