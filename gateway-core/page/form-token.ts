/** The token in every form: shows that a form was printed for this very session, so that no other site can post it. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { HomeError } from "../contract/errors.ts";

export interface FormTokens {
  tokenFor(session: string): string;
  /** @throws HomeError `form-token-invalid` */
  check(session: string, token: string | null): void;
}

/** `secret` is fresh with each start: forms printed before are too old then. */
export function createFormTokens(secret: string): FormTokens {
  const tokenFor = (session: string): string => createHmac("sha256", secret).update(session).digest("base64url");
  return {
    tokenFor,
    check(session, token) {
      const expected = Buffer.from(tokenFor(session));
      const given = Buffer.from(token ?? "");
      if (given.length === expected.length && timingSafeEqual(given, expected)) return;
      throw new HomeError("form-token-invalid", "the form was not printed for this session, or is too old");
    },
  };
}
