import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { generateSync } from "otplib";
import type { Claim } from "../../../access-broker/challenge/challenge.ts";
import { guardChallenge, homeOf, personOf } from "../../../access-broker/challenge/guarded-challenge.ts";
import { createKeyChallenge } from "../../../access-broker/challenge/key-challenge.ts";
import { createLockOut } from "../../../access-broker/challenge/lock-out.ts";
import { createNonces } from "../../../access-broker/challenge/nonces.ts";
import { verifyAssertion } from "../../../access-broker/challenge/passkey.ts";
import { createPasskeyChallenge } from "../../../access-broker/challenge/passkey-challenge.ts";
import { createPasswordChallenge } from "../../../access-broker/challenge/password-challenge.ts";
import {
  createRecoveryChallenge,
  newRecoveryCodes,
  recoveryIdOf,
} from "../../../access-broker/challenge/recovery-challenge.ts";
import { parseRequirement } from "../../../access-broker/challenge/requirement.ts";
import { createSourceChallenge } from "../../../access-broker/challenge/source-challenge.ts";
import { parseAuthorizedKey } from "../../../access-broker/challenge/ssh-key.ts";
import { isSignatureOf, isSshSignatureOf } from "../../../access-broker/challenge/ssh-signature.ts";
import { createTotpChallenge, matchCode } from "../../../access-broker/challenge/totp-challenge.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import type { CredentialKind } from "../../../access-broker/subscriptions/store.ts";
import type { JsonObject } from "../../../gateway-core/contract/json.ts";
import { assert, makePasskey } from "../../fakes/fake-authenticator.ts";
import { FakeClock } from "../../fakes/fake-host.ts";
import { challengeLaw, known, neighbour } from "../../laws/challenge.law.ts";

const rpId = "genkan.localhost";

/** Both homes with their person, and what a harness is made of. */
async function homes() {
  const clock = new FakeClock();
  const store = openSqliteStore(":memory:");
  for (const { number, user } of [known, neighbour]) {
    await store.putUser({ number, user, passwordHash: `hash of ${number}`, state: "password" });
  }
  let work = 0;
  return {
    clock,
    store,
    lockOut: createLockOut(clock),
    nonces: createNonces(clock),
    now: () => clock.now(),
    counted<A extends unknown[], T>(act: (...args: A) => T) {
      return (...args: A): T => {
        work++;
        return act(...args);
      };
    },
    work: () => work,
    hold: ({ number, user = "" }: Claim, kind: CredentialKind, id: string, facts: JsonObject) =>
      store.addCredential({ number, user, kind, id, facts, counter: 0, addedAt: 0, usedAt: null }),
  };
}
const nothing = () => 0;

challengeLaw("password", async () => {
  const { clock, store, lockOut, counted, work } = await homes();
  // How passwords are hashed has tests of its own; here counts how often.
  const hasher = {
    waiting: 0,
    hash: async (of: string) => of,
    verify: counted(async (told: string, hash: string) => told === hash),
  };
  const challenge = guardChallenge(await createPasswordChallenge(store, hasher, lockOut), lockOut, homeOf);
  const prove = async ({ number }: Claim) => ({ password: `hash of ${number}` });
  const forge = async () => ({ password: "wrong wrong" });
  return { challenge, clock, work, prove, forge, lifeMs: undefined, isOnce: false, remembered: nothing };
});

challengeLaw("authenticator app", async () => {
  const { clock, store, lockOut, counted, work, hold } = await homes();
  const secrets = {
    [known.number]: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    [neighbour.number]: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
  };
  for (const claim of [known, neighbour])
    await hold(claim, "totp", claim.user, { secret: secrets[claim.number] ?? "" });
  const challenge = guardChallenge(createTotpChallenge(store, clock, counted(matchCode)), lockOut, personOf);
  const codeOf = (number: string): string => generateSync({ secret: secrets[number] ?? "", epoch: clock.now() / 1000 });
  const shown = new Set<string>();
  const prove = async ({ number }: Claim) => {
    // A person waits for the next code when this one is used.
    if (shown.has(codeOf(number))) await clock.advance(30_000);
    shown.add(codeOf(number));
    return { code: codeOf(number) };
  };
  const forge = async () => ({ code: String((Number(codeOf(known.number)) + 500_000) % 1_000_000).padStart(6, "0") });
  return { challenge, clock, work, prove, forge, lifeMs: 61_000, isOnce: true, remembered: nothing };
});

challengeLaw("recovery code", async () => {
  const { clock, store, lockOut, counted, work, hold } = await homes();
  const codes = new Map([known, neighbour].map((claim) => [claim.number, [...newRecoveryCodes()]]));
  for (const claim of [known, neighbour]) {
    for (const code of codes.get(claim.number) ?? []) {
      await hold(claim, "recovery", recoveryIdOf(claim.number, claim.user, code), {});
    }
  }
  const challenge = guardChallenge(createRecoveryChallenge(store, counted(recoveryIdOf)), lockOut, personOf);
  const prove = async ({ number }: Claim) => ({
    code: (codes.get(number)?.pop() ?? "").toUpperCase().replaceAll("-", " "),
  });
  const forge = async () => ({ code: "aaaa-bbbb-cccc-dddd" });
  return { challenge, clock, work, prove, forge, lifeMs: undefined, isOnce: true, remembered: nothing };
});

const line = (key: KeyObject): string => {
  const { x = "" } = key.export({ format: "jwk" });
  const part = (octets: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, octets.length]), octets]);
  const blob = Buffer.concat([part(Buffer.from("ssh-ed25519")), part(Buffer.from(x, "base64url"))]);
  return `ssh-ed25519 ${blob.toString("base64")} hanako@laptop`;
};

challengeLaw("key", async () => {
  const { clock, store, lockOut, nonces, now, counted, work, hold } = await homes();
  const [own, other] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
  const key = parseAuthorizedKey(line(own.publicKey)).fingerprint;
  // The very same key at both homes: only what is signed tells them apart.
  for (const claim of [known, neighbour]) await hold(claim, "key", key, { line: line(own.publicKey) });
  const verify = { armored: counted(isSshSignatureOf), bare: counted(isSignatureOf) };
  const challenge = guardChallenge(createKeyChallenge({ store, nonces, now, verify }), lockOut, homeOf);
  const signed = (by: KeyObject) => async (claim: Claim) => {
    const { challenge: text } = await challenge.prepare(claim);
    return { challenge: String(text), signature: sign(null, Buffer.from(String(text)), by).toString("base64"), key };
  };
  const [prove, forge] = [signed(own.privateKey), signed(other.privateKey)];
  return { challenge, clock, work, prove, forge, lifeMs: 120_000, isOnce: true, remembered: () => nonces.remembered };
});

challengeLaw("passkey", async () => {
  const { clock, store, lockOut, nonces, now, counted, work, hold } = await homes();
  const [own, foreign] = [makePasskey(rpId), makePasskey(rpId)];
  const facts = { publicKey: own.publicKey.toString("base64url") };
  for (const claim of [known, neighbour]) await hold(claim, "passkey", own.id, facts);
  const verify = counted(verifyAssertion);
  const challenge = guardChallenge(createPasskeyChallenge({ store, nonces, now, rpId, verify }), lockOut, homeOf);
  const asked = async (claim: Claim) => (await challenge.prepare(claim))["get"] as JsonObject;
  const prove = async (claim: Claim) => ({ response: assert(own, await asked(claim), claim) });
  // Of a known passkey at the known home, but signed by another; elsewhere of one that nobody has registered.
  const forge = async (claim: Claim) => {
    const signer = claim.user === known.user && claim.number === known.number ? { ...foreign, id: own.id } : foreign;
    return { response: assert(signer, await asked(claim), claim) };
  };
  return { challenge, clock, work, prove, forge, lifeMs: 120_000, isOnce: true, remembered: () => nonces.remembered };
});

/** All in one /64, which counts as one source: the home lets in a part of it to look. */
const sources = { [known.number]: "2001:db8::1", [neighbour.number]: "2001:db8:0:0:2::1" };

challengeLaw("source", async () => {
  const { clock, store, lockOut, counted, work } = await homes();
  const requirementOf = async (number: string) =>
    parseRequirement(sources[number] === undefined ? "password" : `password|view:@${sources[number]}/96`);
  const isUser = counted(async (number: string, user: string) => (await store.findUser(number, user)) !== undefined);
  const challenge = guardChallenge(createSourceChallenge({ requirementOf, isUser }), lockOut, homeOf);
  const give = (claim: Claim, { source }: JsonObject) => challenge.judge({ ...claim, source: String(source) }, {});
  const prove = async ({ number }: Claim) => ({ source: sources[number] ?? "" });
  const forge = async () => ({ source: "2001:db8:0:0:f::1" });
  return { challenge, give, clock, work, prove, forge, lifeMs: undefined, isOnce: false, remembered: nothing };
});
