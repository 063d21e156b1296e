/**
 * The token in every form: shows that a form was printed for this very session, so that no other site can post it. It is
 * another one on each page, for pages are compressed: what comes with a request and is printed beside a secret that
 * never changes would tell it by the length of the answer (BREACH, CVE-2013-3587; docs/decisions/010).
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { HomeError } from "../contract/errors.ts";

export interface FormTokens {
  /** Stands in the forms of a page until the page is whole. Nobody outside learns it. */
  readonly place: string;
  /** The page with its token in that place: the same for the same page and session, so that a page keeps its tag. */
  seal(page: string, session: string): string;
  /** @throws HomeError `form-token-invalid` */
  check(session: string, token: string | null): void;
}

/** Octets of the page's part of a token, and of the proof. */
const half = 16;

/** `secret` is fresh with each start: forms printed before are too old then. */
export function createFormTokens(secret: string): FormTokens {
  const keyed = (use: string) => createHmac("sha256", secret).update(`${use}\n`);
  const tokenOf = (session: string, salt: Buffer): string => {
    const proof = keyed("proof").update(salt).update(session).digest().subarray(0, half);
    return Buffer.concat([salt, proof]).toString("base64url");
  };
  const place = keyed("place").digest("base64url");
  return {
    place,
    seal(page, session) {
      const salt = keyed("page").update(page).digest().subarray(0, half);
      return page.replaceAll(place, tokenOf(session, salt));
    },
    check(session, token) {
      const given = Buffer.from(token ?? "");
      const expected = Buffer.from(tokenOf(session, Buffer.from(token ?? "", "base64url").subarray(0, half)));
      if (given.length === expected.length && timingSafeEqual(given, expected)) return;
      throw new HomeError("form-token-invalid", "the form was not printed for this session, or is too old");
    },
  };
}
