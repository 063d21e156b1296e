/** A software authenticator: makes passkeys and answers with them as a browser tells it (Web Authentication Level 3 §6, §6.5.1). */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { JsonObject } from "../../gateway-core/contract/json.ts";

export interface FakePasskey {
  readonly id: string;
  readonly rpId: string;
  readonly privateKey: KeyObject;
  /** COSE. */
  readonly publicKey: Buffer;
  /** What the next answer tells; stays 0 for one that keeps none. */
  counter: number;
}

export interface Answering {
  readonly origin: string;
  readonly isUserVerified?: boolean;
  readonly type?: string;
  readonly rpId?: string;
}

const hash = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
const base64url = (data: Uint8Array | string): string => Buffer.from(data).toString("base64url");
const attested = 0x40;

export function makePasskey(rpId: string): FakePasskey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const cose = Buffer.concat([
    ...[Buffer.from("a5010203262001215820", "hex"), Buffer.from(x, "base64url")],
    ...[Buffer.from("225820", "hex"), Buffer.from(y, "base64url")],
  ]);
  return { id: base64url(randomBytes(32)), rpId, privateKey, publicKey: cose, counter: 1 };
}

/** The answer to `navigator.credentials.create`, as RegistrationResponseJSON without attestation. */
export function register(passkey: FakePasskey, options: JsonObject, answering: Answering): JsonObject {
  const id = Buffer.from(passkey.id, "base64url");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const credential = Buffer.concat([Buffer.alloc(16), length, id, passkey.publicKey]);
  const data = Buffer.concat([authenticatorData(passkey, answering, attested), credential]);
  const head = Buffer.from([0x58, data.length]);
  const wide = Buffer.from([0x59, data.length >> 8, data.length & 0xff]);
  const attestationObject = Buffer.concat([
    ...[Buffer.from("a363666d74646e6f6e656761747453746d74a0686175746844617461", "hex")],
    ...[data.length < 256 ? head : wide, data],
  ]);
  const clientDataJSON = clientData(answering.type ?? "webauthn.create", options, answering.origin);
  return answer(passkey.id, {
    clientDataJSON: base64url(clientDataJSON),
    attestationObject: base64url(attestationObject),
    transports: ["internal", "odd"],
  });
}

/** The answer to `navigator.credentials.get`, as AuthenticationResponseJSON. */
export function assert(passkey: FakePasskey, options: JsonObject, answering: Answering): JsonObject {
  const data = authenticatorData(passkey, answering, 0);
  const clientDataJSON = clientData(answering.type ?? "webauthn.get", options, answering.origin);
  const signature = sign("sha256", Buffer.concat([data, hash(clientDataJSON)]), passkey.privateKey);
  return answer(passkey.id, {
    clientDataJSON: base64url(clientDataJSON),
    authenticatorData: base64url(data),
    signature: base64url(signature),
  });
}

function authenticatorData(passkey: FakePasskey, { isUserVerified = true, rpId }: Answering, more: number): Buffer {
  const flags = 0x01 | (isUserVerified ? 0x04 : 0) | more;
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(passkey.counter);
  if (passkey.counter > 0) passkey.counter++;
  return Buffer.concat([hash(rpId ?? passkey.rpId), Buffer.from([flags]), counter]);
}

const clientData = (type: string, { challenge }: JsonObject, origin: string): string =>
  JSON.stringify({ type, challenge: challenge ?? "", origin, crossOrigin: false });

const answer = (id: string, response: JsonObject): JsonObject => ({
  id,
  rawId: id,
  type: "public-key",
  response,
  clientExtensionResults: {},
});
