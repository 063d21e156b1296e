/** Passwords as argon2id hashes (RFC 9106, OWASP's parameters) in the PHC string format, worked out beside the event loop, a few at a time. */

import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** 19 MiB, 2 passes: about 30 ms. One set for all hashes, so that a verification always costs the same. */
const memoryKib = 19_456;
const passes = 2;
const parallelism = 1;
const saltOctets = 16;
const tagOctets = 32;
const header = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$`;

/** At once: half of libuv's pool, so that a run on the login leaves threads for everybody else. */
const mostRunning = 2;
const mostWaiting = 64;

export interface PasswordHasher {
  /** How many wait for their turn. */
  readonly waiting: number;
  /** @throws HomeError `too-many-attempts` when too many wait already. */
  hash(password: string): Promise<string>;
  /** @throws HomeError `too-many-attempts` */
  verify(password: string, hash: string): Promise<boolean>;
}

const derive = promisify(argon2);

export function createPasswordHasher(): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function queued<T>(work: () => Promise<T>): Promise<T> {
    if (running >= mostRunning) {
      if (waiting.length >= mostWaiting) {
        throw new HomeError("too-many-attempts", "too many people log in at this moment", { retryAfter: 2 });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return {
    get waiting() {
      return waiting.length;
    },
    hash: (password) =>
      queued(async () => {
        const salt = randomBytes(saltOctets);
        return `${header}${base64(salt)}$${base64(await tagOf(password, salt))}`;
      }),

    verify: (password, hash) =>
      queued(async () => {
        const [salt = "", tag = ""] = hash.startsWith(header) ? hash.slice(header.length).split("$") : [];
        const expected = Buffer.from(tag, "base64");
        const given = Buffer.from(salt, "base64");
        const told = await tagOf(password, given.length === saltOctets ? given : Buffer.alloc(saltOctets));
        return expected.length === told.length && timingSafeEqual(expected, told);
      }),
  };
}

/** The same password may be typed in several Unicode forms: NFKC makes them one (RFC 8265 §4.2). */
function tagOf(password: string, salt: Buffer): Promise<Buffer> {
  const message = password.normalize("NFKC");
  return derive("argon2id", { message, nonce: salt, memory: memoryKib, passes, parallelism, tagLength: tagOctets });
}

/** Base64 without padding, as PHC strings have it. */
const base64 = (octets: Buffer): string => octets.toString("base64").replace(/=+$/, "");
