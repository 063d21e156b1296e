/** Believes what the provider's key has signed about descriptors, and nothing else: the signature is verified before a word of the statement is read (RFC 8032, Ed25519). */

import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { parseStatement, type SignedStatement, type Statement, signedText } from "../contract/descriptor-offer.ts";
import { HomeError } from "../contract/errors.ts";

/** Reads a card's `descriptorKey`. @throws HomeError `card-invalid` */
export function readDescriptorKey(descriptorKey: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(descriptorKey, "base64url"), format: "der", type: "spki" });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below: what is no key is none of the right kind either.
  }
  throw new HomeError("card-invalid", "the provider's key for descriptors is no Ed25519 key", {
    member: "descriptorKey",
  });
}

/** @throws HomeError `descriptor-untrusted` (reason `signature`), `descriptor-invalid` */
export function openStatement({ statement, signature }: SignedStatement, key: KeyObject): Statement {
  const octets = Buffer.from(signedText(statement), "utf8");
  // What UTF-8 cannot carry would be read otherwise than it was signed.
  const isWhole = statement.isWellFormed();
  if (!isWhole || !verify(null, octets, key, Buffer.from(signature, "base64url"))) {
    throw new HomeError("descriptor-untrusted", "this descriptor is not signed by the provider's key", {
      reason: "signature",
    });
  }
  return parseStatement(statement);
}
