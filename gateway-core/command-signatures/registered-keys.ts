/** The keys whose signatures open what a home demands a signature for. They are kept at the gateway, and nobody from outside can add one. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readAuthorizedKey, type SshPublicKey, sshKeyOfJwk } from "../bytes/ssh-public-key.ts";
import type { Clock, Memory } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type Json } from "../contract/json.ts";

const name = "command-keys";
const mostKeys = 64;
const longestLabel = 64;

export interface RegisteredKey {
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

export interface VerifyingKey extends RegisteredKey {
  readonly type: SshPublicKey["type"];
  readonly key: KeyObject;
}

export interface RegisteredKeys {
  list(): readonly VerifyingKey[];
  /**
   * Registers a line of authorized_keys, or a JWK (Ed25519, P-256) as JSON text. The label is the line's comment unless told.
   * @throws HomeError `value-invalid`
   */
  add(text: string, label?: string): RegisteredKey;
  /** False when there was no such key. */
  remove(fingerprint: string): boolean;
}

/** Read anew each time: the command line registers keys while the gateway runs. */
export function openRegisteredKeys({
  memory,
  clock,
}: {
  readonly memory: Memory;
  readonly clock: Clock;
}): RegisteredKeys {
  const list = (): readonly StoredKey[] => parseStored(memory.read(name));
  const write = (keys: readonly StoredKey[]): void =>
    memory.write(
      name,
      keys.map(({ line, label, addedAt }) => ({ line, label, addedAt })),
    );

  return {
    list,
    add(text, wished = "") {
      const { comment, ...key } = readKey(text.trim());
      const label = (wished || comment).replace(/\p{C}/gu, "").trim().slice(0, longestLabel);
      const line = `${key.type} ${Buffer.from(key.blob).toString("base64")}`;
      const added = storedOf(line, label, clock.now());
      const others = list().filter(({ fingerprint }) => fingerprint !== added.fingerprint);
      if (others.length >= mostKeys) throw new HomeError("value-invalid", `a home has ${mostKeys} keys at most`);
      write([...others, added]);
      return { fingerprint: added.fingerprint, label, addedAt: added.addedAt };
    },
    remove(fingerprint) {
      const keys = list();
      const others = keys.filter((key) => key.fingerprint !== fingerprint);
      if (others.length === keys.length) return false;
      write(others);
      return true;
    },
  };
}

interface StoredKey extends VerifyingKey {
  readonly line: string;
}

function readKey(text: string): SshPublicKey & { readonly comment: string } {
  if (!text.startsWith("{")) return readAuthorizedKey(text);
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch (cause) {
    throw new HomeError("value-invalid", "the key is no JSON", {}, cause);
  }
  if (!isJsonObject(jwk)) throw new HomeError("value-invalid", "the key is no JWK");
  if (jwk["d"] !== undefined) throw new HomeError("value-invalid", "this is a private key: register its public half");
  return { ...sshKeyOfJwk(jwk), comment: "" };
}

function storedOf(line: string, label: string, addedAt: number): StoredKey {
  const { type, jwk, blob } = readAuthorizedKey(line);
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { line, label, addedAt, type, key: keyOf(jwk), fingerprint: `SHA256:${digest}` };
}

function keyOf(jwk: SshPublicKey["jwk"]): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw new HomeError("value-invalid", "the key is no point of its curve", {}, cause);
  }
}

function parseStored(kept: Json | undefined): readonly StoredKey[] {
  const rows: readonly Json[] = Array.isArray(kept) ? kept : [];
  return rows.map((row) => {
    const { line, label, addedAt } = isJsonObject(row) ? row : {};
    if (typeof line !== "string" || typeof label !== "string" || typeof addedAt !== "number")
      throw new HomeError("internal", "the keys that were registered cannot be read");
    return storedOf(line, label, addedAt);
  });
}
