import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  changePerson,
  exportAudit,
  grantPerson,
  invitePerson,
  issueCard,
  listPeople,
  listTable,
  setMethods,
  verifyAudit,
} from "../../access-broker/access-broker.ts";
import { parseGrant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { bareHost, codeOf, cookiesOf, number, openRig, password, type Rig, user } from "./rig.ts";

const lamp = { devices: { lamp: { access: "control" } } };
const other = "090-8765-4321";

describe("The provider, from the command line,", { timeout: 60_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const at = () => ({ ...rig.provider, number });
  const names = async () => (await listPeople(at())).map(({ user: name, role, grant }) => [name, role, grant]);
  const attempt = (code: string) => expect.objectContaining({ code });

  it("invites the first person of a home, who owns it and gets a card before they have come", async () => {
    const invited = await invitePerson({ ...rig.provider, number: other, user: "ai", role: "guest", grant: lamp });
    expect(invited.link).toBe(`https://${other}.${bareHost}:${rig.port}/invitation#${invited.secret}`);
    expect(Date.parse(invited.expires)).toBeGreaterThan(Date.now() + 6 * 24 * 60 * 60_000);
    expect(await listPeople({ ...rig.provider, number: other })).toMatchObject([{ user: "ai", role: "owner" }]);
    expect((await issueCard({ ...rig.provider, number: other })).number).toBe(other);
    const name = `${other}.${bareHost}`;
    const came = await rig.ask("/invitation", { name, form: { secret: invited.secret } });
    expect([came.status, came.headers.location]).toEqual([303, "/invitation"]);
  });

  it("gives a guest another grant and role, which hold at once, and invites them anew as they are", async () => {
    await invitePerson({ ...at(), user: "bo", grant: lamp });
    expect(await names()).toContainEqual(["bo", "guest", parseGrant(lamp)]);
    await grantPerson({ ...at(), user: "bo", grant: { devices: { meter: { access: "view" } } } });
    await invitePerson({ ...at(), user: "bo" });
    expect(await names()).toContainEqual(["bo", "guest", { devices: { meter: { access: "view" } } }]);
    await grantPerson({ ...at(), user: "bo", role: "owner" });
    expect(await names()).toContainEqual(["bo", "owner", wholeGrant]);
    await expect(grantPerson({ ...at(), user: "nobody", grant: lamp })).rejects.toEqual(attempt("not-found"));
    await expect(grantPerson({ ...at(), user: "bo", grant: { devices: {} } })).rejects.toEqual(
      attempt("value-invalid"),
    );
  });

  it("suspends, resumes and removes a person, and suspends and resumes a home", async () => {
    const cookie = await rig.logIn();
    const asked = () => rig.ask("/api/home", { headers: { cookie } });
    expect(codeOf(await asked())).toBe("home-away");
    await changePerson({ ...at(), user: undefined, deed: "suspend" });
    expect(codeOf(await asked())).toBe("session-required");
    expect((await rig.ask("/login", { form: { user, password } })).status).toBe(401);
    expect((await listTable(rig.provider)).filter((row) => row.isSuspended).map((row) => row.number)).toContain(number);
    await changePerson({ ...at(), user: undefined, deed: "resume" });
    expect((await rig.ask("/login", { form: { user, password } })).status).toBe(303);
    await changePerson({ ...at(), user: "bo", deed: "suspend" });
    expect(await listPeople(at())).toContainEqual(expect.objectContaining({ user: "bo", isSuspended: true }));
    await changePerson({ ...at(), user: "bo", deed: "remove" });
    expect((await names()).map(([name]) => name)).not.toContain("bo");
    const removed = changePerson({ ...at(), user: undefined, deed: "remove" });
    await expect(removed).rejects.toEqual(attempt("value-invalid"));
    const nowhere = changePerson({ ...rig.provider, number: "090-0", user: undefined, deed: "suspend" });
    await expect(nowhere).rejects.toEqual(attempt("not-found"));
  });

  it("says by which ways a home is reached, and every door holds to it", async () => {
    const cookie = await rig.logIn();
    await setMethods({ ...at(), methods: "mqtts,proxy" });
    expect(codeOf(await rig.ask("/", { headers: { cookie } }))).toBe("communication-method-not-allowed");
    expect(codeOf(await rig.ask("/account", { headers: { cookie } }))).toBe("communication-method-not-allowed");
    const right = await rig.ask("/login", { form: { user, password } });
    expect([codeOf(right), right.headers["set-cookie"]]).toEqual(["communication-method-not-allowed", undefined]);
    expect(codeOf(await rig.ask("/login", { form: { user, password: "wrong" } }))).toBe("login-refused");

    await setMethods({ ...at(), methods: "compact" });
    const compact = cookiesOf(await rig.ask("/login", { form: { user, password } }));
    const get = async (path: string) => codeOf(await rig.ask(path, { headers: { cookie: compact } }));
    expect([await get("/c/lamp"), await get("/api/home")]).toEqual(["home-away", "communication-method-not-allowed"]);
    await setMethods({ ...at(), methods: "https" });
    expect([await get("/c/lamp"), await get("/api/home")]).toEqual(["communication-method-not-allowed", "home-away"]);
    await expect(setMethods({ ...at(), methods: "ftp" })).rejects.toEqual(attempt("value-invalid"));
    await setMethods({ ...at(), methods: "https,wss,mqtts,proxy,compact" });
  });

  it("sees in the audit whether anything in it was changed, and whether its end is the one that was noted", async () => {
    const before = await verifyAudit(rig.provider);
    expect(before).toMatchObject({ brokenAt: null, isKnown: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await rig.logIn();
    await vi.waitFor(async () => expect((await verifyAudit(rig.provider)).entries).toBe(before.entries + 1), 10_000);
    expect(await verifyAudit({ ...rig.provider, noted: before.head })).toMatchObject({ isKnown: true });
    expect(await verifyAudit({ ...rig.provider, noted: "0".repeat(64) })).toMatchObject({ isKnown: false });
    const { entries } = await exportAudit(rig.provider);
    const events = entries.map(({ event, facts }) => [event, facts]);
    expect(events).toContainEqual(["methods-set", { methods: "mqtts,proxy" }]);
    expect(events.map(([event]) => event)).toEqual(
      expect.arrayContaining(["person-invited", "grant-changed", "home-suspended", "home-resumed", "person-removed"]),
    );
    const db = new DatabaseSync(join(rig.provider.folder, "access-broker.sqlite"));
    db.exec("UPDATE audit SET user = 'somebody else' WHERE id = 2");
    db.close();
    expect(await verifyAudit(rig.provider)).toMatchObject({ brokenAt: 2 });
  });
});
