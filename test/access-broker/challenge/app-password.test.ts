import { describe, expect, it } from "vitest";
import { addAppPassword, createAppPasswords } from "../../../access-broker/challenge/app-password.ts";
import { parseRequirement } from "../../../access-broker/challenge/requirement.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { type Grant, parseGrant, viewOnly, wholeGrant } from "../../../gateway-core/contract/grant.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const number = "090-1";
const source = "192.0.2.1";
const guest = parseGrant({ devices: { lamp: { access: "control" }, meter: { access: "view" } } });

/** A home with a guest and a program of theirs, which may `own`. */
async function open(own?: Grant) {
  const [clock, store] = [new FakeClock(), openSqliteStore(":memory:")];
  for (const user of ["hanako", "taro"]) {
    await store.putUser({ number, user, passwordHash: "h", state: "password" });
  }
  await store.setGrant(number, "taro", "guest", guest);
  let requirement = "password";
  const apps = createAppPasswords({
    store,
    now: () => clock.now(),
    requirementOf: async () => parseRequirement(requirement),
  });
  const made = { label: "x", assurances: ["password"], grant: own, now: 1 } as const;
  const password = await addAppPassword(store, { number, user: "taro" }, made);
  const claim = { number, user: "taro", source, origin: "" };
  const { credential } = await apps.judge(claim, { password });
  return {
    ...{ clock, store, apps, password, claim },
    access: () => apps.accessNow(number, "taro", credential, source),
    demand: (text: string) => {
      requirement = text;
    },
  };
}

describe("An app password", () => {
  it("opens what its person was granted, as it is now", async () => {
    const { access, store } = await open();
    expect(await access()).toEqual({ rights: "all", grant: guest });
    const less = parseGrant({ devices: { meter: { access: "view" } } });
    await store.setGrant(number, "taro", "guest", less);
    expect(await access()).toEqual({ rights: "all", grant: less });
    await store.setGrant(number, "taro", "owner", less);
    expect(await access()).toEqual({ rights: "all", grant: wholeGrant });
  });

  it("with a grant of its own opens what both name", async () => {
    const { access } = await open(parseGrant({ devices: { "*": { access: "view" }, door: { access: "control" } } }));
    expect(await access()).toEqual({ rights: "all", grant: viewOnly(guest) });
    const apart = await open(parseGrant({ devices: { door: { access: "control" } } }));
    expect((await apart.access()).rights).toBe("none");
  });

  it("opens nothing while its person or their home is suspended, outside their hours, or where they are gone", async () => {
    const { access, store, clock } = await open();
    await store.setSuspended(number, "taro", true);
    expect((await access()).rights).toBe("none");
    await store.setSuspended(number, "taro", false);
    await store.setHomeRules(number, { isSuspended: true });
    expect((await access()).rights).toBe("none");
    await store.setHomeRules(number, { isSuspended: false });
    expect((await access()).rights).toBe("all");
    const until = new Date(clock.now() + 1_000).toISOString();
    await store.setGrant(number, "taro", "guest", { ...guest, window: { until } });
    expect((await access()).rights).toBe("all");
    await clock.advance(1_000);
    expect((await access()).rights).toBe("none");
    await store.removePerson(number, "taro");
    expect((await access()).rights).toBe("none");
  });

  it("of who has no password but a passkey is good too, and of who must begin anew is not", async () => {
    const { apps, store, claim, password } = await open();
    await store.putUser({ number, user: "taro", passwordHash: "", state: "none" });
    await expect(apps.judge(claim, { password })).resolves.toMatchObject({ user: "taro" });
    await store.putUser({ number, user: "taro", passwordHash: "h", state: "one-time" });
    await expect(apps.judge(claim, { password })).rejects.toMatchObject({ code: "login-refused" });
  });

  it("controls nothing where the home's requirement leaves only looking", async () => {
    const { access, demand } = await open();
    demand("view:password");
    expect(await access()).toEqual({ rights: "view", grant: viewOnly(guest) });
  });

  it("takes no hours of its own: there would be no telling when both are open", async () => {
    const hours = { hours: { from: "09:00", until: "10:00" } };
    await expect(open({ ...guest, window: hours })).rejects.toMatchObject({ code: "value-invalid" });
  });
});
