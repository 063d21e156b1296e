import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../../../access-broker/subscriptions/audit-store.ts";
import { createAuditTrail } from "../../../access-broker/subscriptions/audit-trail.ts";
import { FakeClock, FakeLog } from "../../fakes/fake-host.ts";

describe("The audit trail", () => {
  const open = () => {
    const [clock, log, entries] = [new FakeClock(), new FakeLog(), [] as AuditEntry[]];
    const appendAudit = async (entry: AuditEntry): Promise<void> => void entries.push(entry);
    return { clock, log, entries, audit: createAuditTrail({ appendAudit }, clock, log) };
  };
  const home = "090-1234-5678";

  it("holds back who is refused again and again, whatever homes they name, and says so once", () => {
    const { log, entries, audit } = open();
    for (let at = 0; at < 1_000; at++) audit("login-refused", `090-0000-${1_000 + at}`, "x", "192.0.2.1", {});
    expect(entries).toHaveLength(60);
    expect(log.lines).toMatchObject([{ event: "audit-held-back", facts: { what: "login-refused" } }]);
    audit("login-refused", home, "x", "192.0.2.2", {});
    audit("login", home, "hanako", "192.0.2.1", {});
    expect(entries).toHaveLength(62);
  });

  it("holds back a gateway that comes and goes, from wherever it does, and no other home's", () => {
    const { entries, audit } = open();
    for (let at = 0; at < 200; at++) audit("home-online", home, null, `192.0.2.${at}`, {});
    audit("home-online", "090-8765-4321", null, "192.0.2.1", {});
    expect(entries).toHaveLength(61);
  });

  it("holds back commands only where there are more than anybody gives", () => {
    const { entries, audit } = open();
    for (let at = 0; at < 700; at++) audit("command", home, "hanako", "192.0.2.1", {});
    expect(entries).toHaveLength(600);
  });

  it("listens again after a minute", async () => {
    const { clock, entries, audit } = open();
    for (let at = 0; at < 61; at++) audit("request-refused", home, "hanako", "192.0.2.1", {});
    await clock.advance(60_000);
    audit("request-refused", home, "hanako", "192.0.2.1", {});
    expect(entries).toHaveLength(61);
  });
});
