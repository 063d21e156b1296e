/** `genkan keys` and `genkan sign` and what they print. */

import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type Arguments, parseArguments } from "../../command/arguments.ts";
import { keys } from "../../command/keys.ts";
import { sign } from "../../command/sign.ts";
import { judgeSignature } from "../../gateway-core/command-signatures/judge-signature.ts";
import { openRegisteredKeys } from "../../gateway-core/command-signatures/registered-keys.ts";
import { unwrapCommand } from "../../gateway-core/contract/command-envelope.ts";
import { systemHost } from "../../host/system-host.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-sign-"));
afterAll(() => rmSync(folder, { recursive: true }));
const hasSsh = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!hasSsh) console.warn("ssh-keygen is not here: signing with it is not tried (install openssh-client)");

/** What a verb prints. */
async function genkan(verb: (args: Arguments) => Promise<void>, ...args: string[]): Promise<string> {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  try {
    await verb(parseArguments([verb.name, ...args, "--state", folder, "--lang", "en"], {}));
  } finally {
    write.mockRestore();
  }
  return written.join("");
}

/** The keys that the gateway of this state folder believes. */
const believed = () => openRegisteredKeys(systemHost(join(folder, "gateway"))).list();

function judge(printed: string, home: string): unknown {
  const { value, id = "", ...bounds } = unwrapCommand(JSON.parse(printed), true);
  const request = { kind: "action", name: "open", value } as const;
  return judgeSignature({ id, ...bounds, device: "front-door", request }, believed(), home, Date.now());
}

const command = ["--device", "front-door", "--action", "open", "--number", "090-1234-5678"];

describe("genkan keys and genkan sign", () => {
  it.skipIf(!hasSsh)("make a command that the gateway believes, by a key of OpenSSH", async () => {
    const key = join(folder, "phone");
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "hanako", "-f", key]);
    const added = await genkan(keys, "add", `${key}.pub`, "--label", "Hanako's phone", "--json");
    expect(JSON.parse(added)).toMatchObject({ label: "Hanako's phone" });
    const printed = await genkan(sign, ...command, "--key", key);
    expect(judge(printed, "090-1234-5678")).toMatchObject({ device: "front-door" });
    expect(() => judge(printed, "neighbour")).toThrow(expect.objectContaining({ code: "signature-invalid" }));
  });

  it("make one by a key in PEM too; a removed key is believed no longer", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = join(folder, "key.pem");
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const jwk = JSON.stringify(publicKey.export({ format: "jwk" }));
    const { fingerprint } = JSON.parse(await genkan(keys, "add", jwk, "--json"));
    const printed = await genkan(sign, ...command, "--key", key, "--value", '{"for":"cat"}', "--seconds", "30");
    expect(judge(printed, "090-1234-5678")).toMatchObject({ request: { value: { for: "cat" } } });
    expect(await genkan(keys)).toContain(fingerprint);
    await genkan(keys, "remove", fingerprint);
    expect(() => judge(printed, "090-1234-5678")).toThrow(expect.objectContaining({ code: "signature-invalid" }));
    await expect(genkan(keys, "remove", fingerprint)).rejects.toMatchObject({ code: "not-found" });
    await expect(genkan(sign, ...command)).rejects.toMatchObject({ code: "usage" });
  });
});
