/** What every challenge holds to, guarded as at a home's door. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Challenge, Claim, Proven } from "../../access-broker/challenge/challenge.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { FakeClock } from "../fakes/fake-host.ts";

export const known: Claim & { readonly user: string } = {
  number: "090-1234-5678",
  origin: "https://090-1234-5678.genkan.localhost:8443",
  source: "192.0.2.1",
  user: "hanako",
};
/** A home where a person of the same name holds a proof of their own, or the very same one. */
export const neighbour: Claim & { readonly user: string } = {
  ...known,
  number: "090-0000-0000",
  origin: "https://090-0000-0000.genkan.localhost:8443",
};
export const stranger: Claim & { readonly user: string } = { ...known, user: "nobody" };
export const nowhere: Claim & { readonly user: string } = {
  ...known,
  number: "090-9999-9999",
  origin: "https://090-9999-9999.genkan.localhost:8443",
};

export interface ChallengeHarness {
  /** A challenge at two homes, `known` and `neighbour`, with its lock-out. */
  readonly challenge: Challenge;
  /** Gives a proof, where it is not only in what is sent; `challenge.judge` otherwise. */
  readonly give?: (claim: Claim, proof: JsonObject) => Promise<Proven>;
  readonly clock: FakeClock;
  /** How often it has verified something: what takes time. */
  work(): number;
  /** A right proof of the claim's person, made now. */
  prove(claim: Claim): Promise<JsonObject>;
  /** A proof of the right form that is wrong. */
  forge(claim: Claim): Promise<JsonObject>;
  /** How long a proof is good at most; undefined where it does not age. */
  readonly lifeMs: number | undefined;
  /** Whether one proof is good once; a password is not. */
  readonly isOnce: boolean;
  /** What it remembers of challenges that were asked for or answered. */
  remembered(): number;
}

const refusalOf = async (judged: Promise<unknown>): Promise<HomeError> => {
  const thrown = await judged.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (thrown instanceof HomeError) return thrown;
  throw new Error(`no HomeError: ${String(thrown)}`);
};
const told = ({ code, message, details }: HomeError) => ({ code, message, details });

export function challengeLaw(name: string, make: () => Promise<ChallengeHarness>): void {
  const open = async () => {
    const harness = await make();
    return {
      ...harness,
      judge: harness.give ?? ((claim: Claim, proof: JsonObject) => harness.challenge.judge(claim, proof)),
    };
  };
  describe(`The ${name} challenge`, { timeout: 60_000 }, () => {
    it("knows who gives a right proof, at each home where they hold one", async () => {
      const { judge, prove } = await open();
      for (const claim of [known, neighbour]) {
        const { user, assurances } = await judge(claim, await prove(claim));
        expect(user).toBe(claim.user);
        expect(assurances.length).toBeGreaterThan(0);
      }
    });

    it("takes a proof once, and once of many at the same time", async () => {
      const { judge, prove, isOnce } = await open();
      const proof = await prove(known);
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => judge(known, proof)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(isOnce ? 1 : 3);
      if (isOnce) expect((await refusalOf(judge(known, proof))).code).toBe("login-refused");
    });

    it("refuses another home's proof and another's number, though the person is the same", async () => {
      const { judge, prove } = await open();
      const proof = await prove(neighbour);
      for (const claim of [known, { ...neighbour, number: known.number }, { ...known, origin: neighbour.origin }]) {
        expect((await refusalOf(judge(claim, proof))).code).toBe("login-refused");
      }
      expect(await judge(neighbour, await prove(neighbour))).toMatchObject({ user: neighbour.user });
    });

    it("refuses a proof that has grown old", async () => {
      const { judge, prove, lifeMs, clock } = await open();
      const proof = await prove(known);
      await clock.advance(lifeMs ?? 365 * 24 * 60 * 60_000);
      if (lifeMs === undefined) expect(await judge(known, proof)).toMatchObject({ user: known.user });
      else expect((await refusalOf(judge(known, proof))).code).toBe("login-refused");
    });

    it("tells who is unknown, at a home that is unknown, the same as who is wrong, after the same work", async () => {
      const { judge, forge, work } = await open();
      const before = work();
      const wrong = await refusalOf(judge(known, await forge(known)));
      const each = work() - before;
      expect(each).toBeGreaterThan(0);
      for (const claim of [stranger, nowhere]) {
        const begun = work();
        const unknown = await refusalOf(judge(claim, await forge(claim)));
        expect(told(unknown)).toEqual(told(wrong));
        expect(work() - begun).toBe(each);
      }
    });

    it("asks anybody for the same, whether or not they exist", async () => {
      const { challenge } = await open();
      const shapes = await Promise.all(
        [known, stranger, nowhere].map(async (claim) => shapeOf(await challenge.prepare(claim))),
      );
      expect(shapes[1]).toEqual(shapes[0]);
      expect(shapes[2]).toEqual(shapes[0]);
    });

    it("tells the audit why, and nobody else", async () => {
      const { judge, forge } = await open();
      for (const claim of [known, stranger, nowhere]) {
        const refusal = await refusalOf(judge(claim, await forge(claim)));
        expect(refusal.cause).toMatch(/^[a-z-]+$/);
        expect(JSON.stringify(refusal.toBody())).not.toContain(String(refusal.cause));
      }
    });

    it("is slowed down by wrong proofs, and judges none that comes too early", async () => {
      const { judge, forge, prove, work, clock } = await open();
      for (let n = 0; n < 5; n++)
        expect((await refusalOf(judge(known, await forge(known)))).code).toBe("login-refused");
      const proof = await prove(known);
      const before = work();
      expect((await refusalOf(judge(known, proof))).code).toBe("too-many-attempts");
      expect(work()).toBe(before);
      await clock.advance(1_000);
      expect(await judge(known, await prove(known))).toMatchObject({ user: known.user });
    });

    it("takes anything for a proof that is none, without another error", async () => {
      const { judge, clock } = await open();
      const member = fc.constantFrom("password", "code", "challenge", "signature", "key", "response", "x");
      const proofs = fc.dictionary(member, fc.jsonValue({ maxDepth: 3 }));
      await fc.assert(
        fc.asyncProperty(proofs, async (proof) => {
          await clock.advance(60 * 60_000);
          const { code } = await refusalOf(judge(known, proof as JsonObject));
          expect(code).toBe("login-refused");
        }),
        { numRuns: 30 },
      );
    });

    it("keeps nothing of challenges that were only asked for, and forgets those that were answered", async () => {
      const { challenge, judge, prove, clock, remembered } = await open();
      for (let n = 0; n < 2_000; n++) await challenge.prepare(known);
      expect(remembered()).toBe(0);
      for (let n = 0; n < 3; n++) {
        await judge(known, await prove(known));
        await clock.advance(11 * 60_000);
      }
      expect(remembered()).toBeLessThanOrEqual(1);
    });
  });
}

/** Names and types of what is asked, not the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value === "string" ? "string" : value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}
