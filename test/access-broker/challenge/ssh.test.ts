/** Keys and signatures as the real ssh-keygen writes them, and everything that is none. */

import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { decodeSshKey, parseAuthorizedKey } from "../../../access-broker/challenge/ssh-key.ts";
import { isSignatureOf, isSshSignatureOf, parseSshSignature } from "../../../access-broker/challenge/ssh-signature.ts";
import { ByteWriter } from "../../../gateway-core/bytes/byte-writer.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-ssh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasSsh = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!hasSsh) console.warn("ssh-keygen is not here: its own signatures are not tried (install openssh-client)");

function sshKeygen(...args: string[]): void {
  const { status, stderr } = spawnSync("ssh-keygen", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
let files = 0;
function keyOf(...args: string[]): { path: string; line: string } {
  const path = join(folder, `key-${files++}`);
  sshKeygen("-q", "-N", "", "-C", "hanako@laptop", "-f", path, ...args);
  return { path, line: readFileSync(`${path}.pub`, "utf8") };
}
function signed(path: string, message: string, ...args: string[]): string {
  const file = join(folder, `message-${files++}`);
  writeFileSync(file, message);
  sshKeygen("-Y", "sign", "-q", "-f", path, "-n", "genkan", ...args, file);
  return readFileSync(`${file}.sig`, "utf8");
}
const invalid = expect.objectContaining({ code: "value-invalid" });

const strings = (...parts: (Uint8Array | string)[]): Uint8Array => {
  const writer = new ByteWriter();
  for (const part of parts.map((one) => Buffer.from(one as string))) writer.uint(part.length, 4).octets(part);
  return writer.toOctets();
};
const armored = (octets: Uint8Array): string =>
  `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(octets).toString("base64")}\n-----END SSH SIGNATURE-----\n`;
const coordinate = (key: KeyObject, name: "x" | "y"): Buffer =>
  Buffer.from(String(key.export({ format: "jwk" })[name]), "base64url");
const ed25519 = generateKeyPairSync("ed25519");
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed25519Blob = strings("ssh-ed25519", coordinate(ed25519.publicKey, "x"));
const point = Buffer.concat([Buffer.from([4]), coordinate(p256.publicKey, "x"), coordinate(p256.publicKey, "y")]);
const p256Blob = strings("ecdsa-sha2-nistp256", "nistp256", point);

describe.skipIf(!hasSsh)("ssh-keygen's own", { timeout: 60_000 }, () => {
  it.each([
    ["ssh-ed25519", ["-t", "ed25519"]],
    ["ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256"]],
  ])(
    "%s keys and signatures are read",
    (type, args) => {
      const { path, line } = keyOf(...args);
      const key = parseAuthorizedKey(line);
      expect([key.type, key.comment]).toEqual([type, "hanako@laptop"]);
      expect(spawnSync("ssh-keygen", ["-l", "-f", `${path}.pub`], { encoding: "utf8" }).stdout).toContain(
        key.fingerprint,
      );
      // Numbers of a signature are shorter now and then: a few signatures see that.
      for (const message of ["one", "two", "three", "four", "five", "six"]) {
        for (const hash of ["sha256", "sha512"]) {
          const signature = parseSshSignature(signed(path, message, "-O", `hashalg=${hash}`));
          expect(signature.key.fingerprint).toBe(key.fingerprint);
          expect(isSshSignatureOf(signature, message, "genkan")).toBe(true);
          expect(isSshSignatureOf(signature, `${message}.`, "genkan")).toBe(false);
          expect(isSshSignatureOf(signature, message, "git")).toBe(false);
        }
      }
    },
    30_000,
  );

  it("RSA keys are not taken", () => {
    expect(() => parseAuthorizedKey(keyOf("-t", "rsa", "-b", "2048").line)).toThrow(invalid);
  });
});

describe("A public key", () => {
  const line = `ssh-ed25519 ${Buffer.from(ed25519Blob).toString("base64")}`;

  it("is a line of authorized_keys, its comment optional", () => {
    expect(parseAuthorizedKey(line).comment).toBe("");
    expect(parseAuthorizedKey(`  ${line}  two words \n`).comment).toBe("two words");
    expect(decodeSshKey(p256Blob).type).toBe("ecdsa-sha2-nistp256");
  });

  it.each([
    ["nothing", ""],
    ["no key", "ssh-ed25519 AAAA"],
    ["options", `no-pty ${line}`],
    ["two lines", `${line}\n${line}`],
    ["another type's name", line.replace("ssh-ed25519", "ecdsa-sha2-nistp256")],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ])("is not %s", (_what, text) => expect(() => parseAuthorizedKey(text)).toThrow(invalid));

  it.each([
    ["of another type", strings("ssh-rsa", "x")],
    ["of 31 octets", strings("ssh-ed25519", new Uint8Array(31))],
    ["of another curve", strings("ecdsa-sha2-nistp256", "nistp384", point)],
    ["with a compressed point", strings("ecdsa-sha2-nistp256", "nistp256", point.subarray(0, 33))],
    [
      "with a point beside the curve",
      strings(
        "ecdsa-sha2-nistp256",
        "nistp256",
        Buffer.concat([point.subarray(0, 64), Buffer.from([(point.at(-1) ?? 0) ^ 1])]),
      ),
    ],
    ["with something behind", new Uint8Array([...ed25519Blob, 0])],
  ])("%s is none", (_what, blob) => expect(() => decodeSshKey(blob)).toThrow(invalid));
});

describe("A signature", () => {
  const wrapped = (blob: Uint8Array, signature: Uint8Array, hash = "sha512", head = "SSHSIG\0\0\0\x01"): Uint8Array =>
    Buffer.concat([Buffer.from(head, "latin1"), strings(blob, "genkan", "", hash, signature)]);
  const own = strings("ssh-ed25519", new Uint8Array(64));

  it("that is bare is Ed25519's 64 octets, or ECDSA's two numbers, or DER", () => {
    const [message, ed, ec] = [Buffer.from("m"), decodeSshKey(ed25519Blob), decodeSshKey(p256Blob)];
    expect(isSignatureOf(ed, message, sign(null, message, ed25519.privateKey))).toBe(true);
    expect(isSignatureOf(ed, message, new Uint8Array(63))).toBe(false);
    expect(isSignatureOf(ed, message, new Uint8Array(64))).toBe(false);
    for (const dsaEncoding of ["ieee-p1363", "der"] as const) {
      const octets = sign("sha256", message, { key: p256.privateKey, dsaEncoding });
      expect(isSignatureOf(ec, message, octets)).toBe(true);
      expect(isSignatureOf(ec, Buffer.from("n"), octets)).toBe(false);
    }
    expect(isSignatureOf(ec, message, new Uint8Array(0))).toBe(false);
  });

  it.each([
    ["without armor", "AAAA"],
    ["of another kind", armored(wrapped(ed25519Blob, own, "sha512", "SSHSIX\0\0\0\x01"))],
    ["of version 2", armored(wrapped(ed25519Blob, own, "sha512", "SSHSIG\0\0\0\x02"))],
    ["with an old hash", armored(wrapped(ed25519Blob, own, "sha1"))],
    ["of another type than its key", armored(wrapped(p256Blob, own))],
    ["with something behind", armored(Buffer.concat([wrapped(ed25519Blob, own), Buffer.from([0])]))],
    ["with something behind its octets", armored(wrapped(ed25519Blob, strings("ssh-ed25519", new Uint8Array(64), "")))],
    [
      "with a negative number",
      armored(wrapped(p256Blob, strings("ecdsa-sha2-nistp256", strings(Buffer.from([0x80]), Buffer.from([1]))))),
    ],
    [
      "with a long number",
      armored(wrapped(p256Blob, strings("ecdsa-sha2-nistp256", strings(new Uint8Array(40).fill(1), Buffer.from([1]))))),
    ],
    [
      "with a third number",
      armored(
        wrapped(
          p256Blob,
          strings("ecdsa-sha2-nistp256", strings(Buffer.from([1]), Buffer.from([1]), Buffer.from([1]))),
        ),
      ),
    ],
    ["that is long", armored(new Uint8Array(5000))],
  ])("%s is none", (_what, text) => expect(() => parseSshSignature(text)).toThrow(invalid));

  it("of numbers that are nothing is read, and never right", () => {
    const zeros = strings("ecdsa-sha2-nistp256", strings("", ""));
    expect(isSshSignatureOf(parseSshSignature(armored(wrapped(p256Blob, zeros))), "m", "genkan")).toBe(false);
  });

  it("cut anywhere is a typed error, and with any octet changed never right", () => {
    const message = "m";
    const digest = createHash("sha512").update(message).digest();
    const signedData = Buffer.concat([Buffer.from("SSHSIG"), strings("genkan", "", "sha512", digest)]);
    const whole = wrapped(ed25519Blob, strings("ssh-ed25519", sign(null, signedData, ed25519.privateKey)));
    expect(isSshSignatureOf(parseSshSignature(armored(whole)), message, "genkan")).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        expect(() => parseSshSignature(armored(whole.slice(0, at)))).toThrow(HomeError);
        const changed = Uint8Array.from(whole, (octet, index) => (index === at ? octet ^ change : octet));
        try {
          expect(isSshSignatureOf(parseSshSignature(armored(changed)), message, "genkan")).toBe(false);
        } catch (thrown) {
          if (!(thrown instanceof HomeError)) throw thrown;
        }
      }),
    );
  });
});
