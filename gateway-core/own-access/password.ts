/** Passwords of own management as argon2id hashes (RFC 9106, OWASP's parameters), worked out beside the event loop, a few at a time. */

import crypto from "node:crypto";
import { HomeError } from "../contract/errors.ts";

/** 19 MiB, 2 passes: about 30 ms. One set for all hashes, so that a verification always costs the same. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const saltOctets = 16;
const mostRunning = 2;
const mostWaiting = 16;
const shortest = 12;
const longest = 256;

export interface Passwords {
  /** @throws HomeError `password-unsuitable`, `too-many-attempts` when too many wait already. */
  hash(password: string, name: string): Promise<string>;
  /** The same work for whatever `hash` is. @throws HomeError `too-many-attempts` */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** @throws HomeError `node-too-old` where Node knows no argon2 (before 24.7). */
export function createPasswords(): Passwords {
  const { argon2 } = crypto;
  if (typeof argon2 !== "function") {
    throw new HomeError("node-too-old", `own management needs Node 24.7 or newer, this is ${process.version}`);
  }
  const waiting: (() => void)[] = [];
  let running = 0;

  async function tagOf(password: string, nonce: Buffer): Promise<Buffer> {
    if (running >= mostRunning) {
      if (waiting.length >= mostWaiting) {
        throw new HomeError("too-many-attempts", "too many people log in at this moment", { retryAfter: 2 });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      const message = password.normalize("NFKC").slice(0, longest);
      return await new Promise((resolve, reject) => {
        argon2("argon2id", { ...parameters, message, nonce }, (error, tag) => (error ? reject(error) : resolve(tag)));
      });
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return {
    async hash(password, name) {
      const { length } = password.normalize("NFKC");
      const hasName = name.length > 2 && password.toLowerCase().includes(name.toLowerCase());
      if (length < shortest || length > longest || hasName) {
        throw new HomeError(
          "password-unsuitable",
          `a password has ${shortest} to ${longest} characters, not the name`,
          {
            minimum: shortest,
          },
        );
      }
      const salt = crypto.randomBytes(saltOctets);
      return `${salt.toString("base64url")}.${(await tagOf(password, salt)).toString("base64url")}`;
    },
    async verify(password, hash = "") {
      const [salt = "", tag = ""] = hash.split(".");
      const [nonce, expected] = [Buffer.from(salt, "base64url"), Buffer.from(tag, "base64url")];
      const told = await tagOf(password, nonce.length === saltOctets ? nonce : Buffer.alloc(saltOctets));
      return expected.length === told.length && crypto.timingSafeEqual(expected, told);
    },
  };
}
