/** A backup under a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM the secrecy and the proof that nothing was changed. */

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Transform } from "node:stream";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const magic = Buffer.from("GENKANB1", "latin1");
/** How its content begins (RFC 1952 §2.3.1). */
const gzipped = Buffer.of(0x1f, 0x8b);
const saltOctets = 16;
const nonceOctets = 12;
const tagOctets = 16;
const headOctets = magic.length + saltOctets + nonceOctets;
/** 128 MiB and about half a second: a backup lies about for years. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Encrypts what passes; its head comes first and its tag last. */
export async function encryption(passphrase: string): Promise<Transform> {
  const [salt, nonce] = [randomBytes(saltOctets), randomBytes(nonceOctets)];
  const head = Buffer.concat([magic, salt, nonce]);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt), nonce).setAAD(head);
  let isBegun = false;
  const begin = (stream: Transform): void => {
    if (!isBegun) stream.push(head);
    isBegun = true;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      begin(this);
      done(null, cipher.update(chunk));
    },
    flush(done) {
      begin(this);
      this.push(cipher.final());
      this.push(cipher.getAuthTag());
      done();
    },
  });
}

/**
 * The content of a backup file, decrypted where it is encrypted. What was changed is found out at its end only: use
 * nothing of it before.
 * @throws HomeError `backup-invalid`, also with `reason` passphrase-needed
 */
export async function* contentOf(path: string, passphrase: string | undefined): AsyncGenerator<Buffer> {
  const { head, tag, size } = await endsOf(path);
  if (!head.subarray(0, magic.length).equals(magic)) {
    yield* createReadStream(path);
    return;
  }
  if (passphrase === undefined) {
    throw new HomeError("backup-invalid", "this backup is encrypted: give its passphrase", {
      reason: "passphrase-needed",
    });
  }
  const salt = head.subarray(magic.length, magic.length + saltOctets);
  const decipher = createDecipheriv("aes-256-gcm", await keyOf(passphrase, salt), head.subarray(-nonceOctets));
  decipher.setAAD(head).setAuthTag(tag);
  const body = createReadStream(path, { start: headOctets, end: size - tagOctets - 1 });
  let isBegun = false;
  for await (const chunk of body) {
    const piece = decipher.update(chunk);
    // What is not even gzipped would be told as damaged, before the end shows what is wrong.
    if (!isBegun && !piece.subarray(0, gzipped.length).equals(gzipped.subarray(0, piece.length))) throw another();
    isBegun = true;
    yield piece;
  }
  try {
    yield decipher.final();
  } catch (cause) {
    throw another(cause);
  }
}

const another = (cause?: unknown): HomeError =>
  new HomeError("backup-invalid", "the passphrase is another one, or the backup was changed", {}, cause);

async function endsOf(path: string) {
  await using file = await open(path).catch((cause: unknown) => {
    throw new HomeError("backup-invalid", `${path} cannot be read: ${String(cause)}`, {}, cause);
  });
  const { size } = await file.stat();
  if (size < headOctets + tagOctets) throw new HomeError("backup-invalid", `${path} is too short to be a backup`);
  const [head, tag] = [Buffer.alloc(headOctets), Buffer.alloc(tagOctets)];
  await file.read(head, 0, headOctets, 0);
  await file.read(tag, 0, tagOctets, size - tagOctets);
  return { head, tag, size };
}
