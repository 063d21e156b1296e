/** A provider's key for descriptors, and what it signs. */

import { generateKeyPairSync, sign } from "node:crypto";
import { type SignedStatement, type Statement, signedText } from "../../gateway-core/contract/descriptor-offer.ts";

export interface ProviderKey {
  /** As a card has it. */
  readonly descriptorKey: string;
  readonly sign: (text: string) => string;
  signed(statement: Statement | object): SignedStatement;
}

export function providerKey(): ProviderKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signText = (text: string): string => sign(null, Buffer.from(text), privateKey).toString("base64url");
  return {
    descriptorKey: publicKey.export({ type: "spki", format: "der" }).toString("base64url"),
    sign: signText,
    signed(content) {
      const statement = JSON.stringify(content);
      return { statement, signature: signText(signedText(statement)) };
    },
  };
}
