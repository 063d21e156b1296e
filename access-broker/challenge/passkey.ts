/** What a browser tells of a passkey (Web Authentication Level 3 §5.1.3, §5.1.4: registrations and assertions as JSON), read and verified. */

import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";

const longest = 8192;
const base64url = /^[A-Za-z0-9_-]+$/;
const transports = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;

export interface Assertion {
  /** The credential that answered. */
  readonly id: string;
  /** The nonce that its client data names. */
  readonly nonce: string;
  readonly json: AuthenticationResponseJSON;
}

/** @throws HomeError `value-invalid` */
export function parseAssertion(input: Json | undefined): Assertion {
  const { id, response } = partsOf(input);
  const [clientDataJSON, authenticatorData] = [
    octets(response, "clientDataJSON"),
    octets(response, "authenticatorData"),
  ];
  const told = { clientDataJSON, authenticatorData, signature: octets(response, "signature") };
  const json = { id, rawId: id, type: "public-key", response: told, clientExtensionResults: {} } as const;
  return { id, nonce: nonceOf(clientDataJSON), json };
}

/** @throws HomeError `value-invalid` */
export function parseRegistration(input: Json | undefined): {
  readonly nonce: string;
  readonly json: RegistrationResponseJSON;
} {
  const { id, response } = partsOf(input);
  const clientDataJSON = octets(response, "clientDataJSON");
  const listed = response["transports"];
  const told = Array.isArray(listed) ? transports.filter((one) => listed.includes(one)) : [];
  const attestation = { clientDataJSON, attestationObject: octets(response, "attestationObject"), transports: told };
  const json = { id, rawId: id, type: "public-key", response: attestation, clientExtensionResults: {} } as const;
  return { nonce: nonceOf(clientDataJSON), json };
}

export type VerifyAssertion = (
  assertion: Assertion,
  /** COSE, base64url. */
  publicKey: string,
  origin: string,
  rpId: string,
) => Promise<{ readonly isRight: boolean; readonly counter: number }>;

/** Signature, origin, rpId, user verification; the sign counter is told and judged by who keeps it. */
export const verifyAssertion: VerifyAssertion = async ({ id, nonce, json }, publicKey, origin, rpId) => {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: json,
      expectedChallenge: Buffer.from(nonce).toString("base64url"),
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      // The library's own counter check would tell by an exception; the store compares and moves it in one step.
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, "base64url")), counter: 0 },
    });
    return { isRight: verified, counter: authenticationInfo.newCounter };
  } catch {
    return { isRight: false, counter: 0 };
  }
};

/** The new passkey, or undefined when something of it is wrong. */
export async function verifyRegistration(json: RegistrationResponseJSON, nonce: string, origin: string, rpId: string) {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: json,
      expectedChallenge: Buffer.from(nonce).toString("base64url"),
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    if (!verified || registrationInfo === undefined) return undefined;
    const { credential, credentialBackedUp: isSynced } = registrationInfo;
    const publicKey = Buffer.from(credential.publicKey).toString("base64url");
    return { id: credential.id, publicKey, counter: credential.counter, isSynced };
  } catch {
    return undefined;
  }
}

/** Ed25519, ES256, RS256 (COSE), the best first. */
export const algorithms = [-8, -7, -257] as const;

function partsOf(input: Json | undefined): { readonly id: string; readonly response: JsonObject } {
  const { id, type, response } = input !== undefined && isJsonObject(input) ? input : {};
  if (typeof id !== "string" || !base64url.test(id) || id.length > 1400 || type !== "public-key") throw invalid("id");
  if (response === undefined || !isJsonObject(response)) throw invalid("response");
  return { id, response };
}

function octets(response: JsonObject, member: string): string {
  const value = response[member];
  if (typeof value === "string" && value.length <= longest && base64url.test(value)) return value;
  throw invalid(member);
}

function nonceOf(clientDataJSON: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8"));
    if (typeof challenge === "string") return Buffer.from(challenge, "base64url").toString("utf8");
  } catch {
    // Told below.
  }
  throw invalid("clientDataJSON");
}

const invalid = (member: string): HomeError =>
  new HomeError("value-invalid", `the passkey's answer has no good "${member}"`, { member });
