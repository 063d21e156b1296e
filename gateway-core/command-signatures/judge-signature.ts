/** Whether a command that needs a signature carries a good one, by a key that is registered here. Pure. */

import { createHash, verify } from "node:crypto";
import { readArmoredSignature, signedOctets } from "../bytes/ssh-armor.ts";
import { HomeError } from "../contract/errors.ts";
import type { Command, CommandRequest } from "../contract/messages.ts";
import { commandNamespace, signedText } from "../contract/signed-command.ts";
import type { VerifyingKey } from "./registered-keys.ts";

/** For how long a command may be signed beforehand: so long a copy of it is worth keeping, and its id is remembered. */
const longestMs = 5 * 60_000;

/** `device/name` of properties and actions; `*` is any device, or any name. */
export type SignatureRules = readonly string[];

/** The names in the request that need a signature; none needs one when it is empty. */
export function namesToSign(rules: SignatureRules, device: string, request: CommandRequest): readonly string[] {
  const names = request.kind === "set" ? Object.keys(request.value) : [request.name];
  const wanted = new Set(rules);
  return names.filter((name) =>
    [`${device}/${name}`, `${device}/*`, `*/${name}`, "*/*"].some((rule) => wanted.has(rule)),
  );
}

/** A command whose signature was good. */
export interface SignedCommand extends Command {
  readonly expires: number;
}

/**
 * The signature is `ssh-keygen -Y sign -n genkan-command` over signed-command.ts's text, or `FINGERPRINT.SIGNATURE` with a
 * bare one in base64url (Ed25519; ECDSA P-256 with SHA-256, r and s).
 * @throws HomeError `signature-required`, `signature-invalid` with `reason`.
 */
export function judgeSignature(
  { signature, expires, ...command }: Command,
  keys: readonly VerifyingKey[],
  home: string,
  now: number,
): SignedCommand {
  if (signature === undefined) throw new HomeError("signature-required", "this is done only with a signature");
  if (expires === undefined) throw invalid("unbounded", "a signed command says when it ends");
  if (expires > now + longestMs) throw invalid("too-long", "a command is signed for five minutes at most");
  if (expires < now) throw invalid("expired", "the command is over");
  const text = signedText({ home, ...command, expires });
  if (!keys.some((key) => isBy(key, signature, text)))
    throw invalid("wrong", "it is no signature of this very command by a key that is registered here");
  return { ...command, expires, signature };
}

function isBy({ key, type, fingerprint }: VerifyingKey, signature: string, text: string): boolean {
  if (signature.startsWith("-----BEGIN ")) {
    const told = readSignature(signature);
    if (told === undefined || told.namespace !== commandNamespace || told.key.type !== type) return false;
    const message = signedOctets(told, createHash(told.hash).update(text).digest());
    return isSignature(type, key, message, told.octets);
  }
  const [by, base64 = ""] = signature.split(".", 2);
  return by === fingerprint && isSignature(type, key, Buffer.from(text), Buffer.from(base64, "base64url"));
}

function isSignature(
  type: VerifyingKey["type"],
  key: VerifyingKey["key"],
  message: Uint8Array,
  octets: Uint8Array,
): boolean {
  if (octets.length !== 64) return false;
  if (type === "ssh-ed25519") return verify(null, message, key, octets);
  return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, octets);
}

function readSignature(armored: string): ReturnType<typeof readArmoredSignature> | undefined {
  try {
    return readArmoredSignature(armored);
  } catch {
    return undefined;
  }
}

const invalid = (reason: string, message: string): HomeError => new HomeError("signature-invalid", message, { reason });
