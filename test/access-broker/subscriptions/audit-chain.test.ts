import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditHash, brokenAt } from "../../../access-broker/subscriptions/audit-chain.ts";
import type { AuditAnchor, AuditEntry, ChainedEntry } from "../../../access-broker/subscriptions/audit-store.ts";

const text = fc.option(fc.string({ maxLength: 8 }));
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(text, { maxLength: 2 }),
);
const facts = fc.dictionary(fc.string({ maxLength: 4 }), value, { maxKeys: 3 });
const entry: fc.Arbitrary<AuditEntry> = fc.record({
  ...{ at: fc.nat(), event: fc.string({ maxLength: 8 }), number: text, user: text, source: text, facts },
});

function chained(anchor: AuditAnchor, entries: readonly AuditEntry[]): readonly ChainedEntry[] {
  let { id, hash } = anchor;
  return entries.map((one) => {
    id += 1;
    hash = auditHash(hash, { ...one, id });
    return { ...one, id, hash };
  });
}
const anchor = { id: 7, hash: "ab".repeat(32) };
const chain = fc.array(entry, { minLength: 1, maxLength: 6 }).map((entries) => chained(anchor, entries));
const other = <T>(value: T): T | string => (typeof value === "string" ? `${value}x` : "x");

describe("The chain of the audit", () => {
  it("holds as it was written, also after a way through JSON that turned the members around", () => {
    fc.assert(
      fc.property(chain, (entries) => {
        const turned = entries.map((one) => {
          const members = Object.entries(one.facts).reverse();
          return { ...one, facts: Object.fromEntries(members) };
        });
        expect(brokenAt(anchor, JSON.parse(JSON.stringify(turned)))).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("tells the first entry that is not as it was: changed, left out, doubled or exchanged", () => {
    fc.assert(
      fc.property(
        chain,
        fc.nat(),
        fc.constantFrom("event", "user", "source", "number", "hash"),
        (entries, nat, member) => {
          const at = nat % entries.length;
          const changed = entries.map((one, index) => (index === at ? { ...one, [member]: other(one[member]) } : one));
          expect(brokenAt(anchor, changed)).toBe(anchor.id + 1 + at);
          const later = entries.map((one, index) => (index === at ? { ...one, at: one.at + 1 } : one));
          expect(brokenAt(anchor, later)).toBe(anchor.id + 1 + at);
          expect(brokenAt(anchor, entries.toSpliced(at, 0, ...entries.slice(at, at + 1)))).toBeDefined();
          if (at < entries.length - 1) expect(brokenAt(anchor, entries.toSpliced(at, 1))).toBe(anchor.id + 1 + at);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("does not begin elsewhere", () => {
    const entries = chained(anchor, [{ at: 1, event: "x", number: null, user: null, source: null, facts: {} }]);
    expect(brokenAt(anchor, entries)).toBeUndefined();
    expect(brokenAt({ ...anchor, hash: "" }, entries)).toBe(8);
    expect(brokenAt({ ...anchor, id: 6 }, entries)).toBe(7);
  });
});
