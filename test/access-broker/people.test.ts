import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSessions } from "../../access-broker/challenge/sessions.ts";
import { openStore } from "../../access-broker/provider.ts";
import { parseGrant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Handler } from "../../gateway-core/contract/web.ts";
import {
  type Answer,
  type Ask,
  bareHost,
  codeOf,
  cookiesOf,
  number,
  openRig,
  password,
  type Rig,
  user,
} from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const lamp = parseGrant({ devices: { lamp: { access: "control", properties: ["on"] } } });
const devices = [
  { id: "lamp", title: "Lamp", room: "living-room" },
  { id: "door", title: "<b>Door</b>", room: null },
];
/** A home that says what its viewer was granted, and streams for ever where it is asked for events. */
const home: Handler = async (asked, { grant }) => {
  const { pathname } = new URL(asked.url);
  if (pathname === "/api/home") return Response.json({ devices });
  if (pathname !== "/api/events") return Response.json({ grant });
  const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(": here\n\n")) });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};

describe("The people of a home", { timeout: 60_000 }, () => {
  let rig: Rig;
  let owner = "";
  beforeAll(async () => {
    rig = await openRig();
    await rig.join(home);
    owner = await rig.logIn();
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const at = (path: string, cookie: string, more: Ask = {}): Promise<Answer> =>
    rig.ask(path, { ...more, headers: { cookie, ...more.headers } });
  const told = async (path: string, cookie: string, more?: Ask) => JSON.parse((await at(path, cookie, more)).text);
  const change = (path: string, json: object, cookie = owner) => at(`/account/people/${path}`, cookie, { json });
  const invite = async (name: string, more: object = { grant: lamp }): Promise<string> =>
    JSON.parse((await change("invite", { user: name, ...more })).text).secret;
  const accept = async (secret: string): Promise<string> =>
    cookiesOf(await rig.ask("/invitation", { form: { secret } }));
  /** Invited, and with a password: the cookie of their session. */
  const comeIn = async (name: string, more?: object): Promise<string> => {
    const first = await accept(await invite(name, more));
    return cookiesOf(await at("/password", first, { form: { password, repeat: password } }));
  };
  /** The same without the costly work on a password: a session as a login begins it. */
  const comeInFast = async (name: string, more?: object): Promise<string> => {
    await invite(name, more);
    await using store = openStore(rig.provider);
    const shown = { number, user: name, assurances: ["password"], source: "127.0.0.1", agent: "test" } as const;
    return `__Host-genkan=${await createSessions(store, rig.provider.host.clock).begin(shown)}`;
  };
  const seen = (cookie: string) => at("/api/devices/lamp/properties/on", cookie);

  it("are invited by their owner, set a password of their own, and see what they were granted", async () => {
    const secret = await invite("jiro");
    expect(secret).toMatch(/^[a-z2-9-]{30,}$/);
    const cookie = await accept(secret.toUpperCase().replaceAll("-", " "));
    const welcome = await at("/invitation", cookie, { headers: html });
    expect(welcome.text).toContain("You come in as jiro");
    expect(codeOf(await at("/api/home", cookie))).toBe("second-factor-required");
    expect((await at("/", cookie, { headers: html })).headers.location).toBe("/login");
    const set = await at("/password", cookie, { form: { password, repeat: password } });
    expect([set.status, set.headers.location]).toEqual([303, "/"]);
    const settled = cookiesOf(set);
    expect(JSON.parse((await seen(settled)).text)).toEqual({ grant: lamp });
    expect(codeOf(await at("/devices/door", settled))).toBe("unknown-device");
    expect(codeOf(await at("/api/devices/lamp/properties/colour", settled))).toBe("unknown-property");
    const json = { on: true, colour: 1 };
    expect(codeOf(await at("/api/devices/lamp/properties", settled, { method: "PUT", json }))).toBe("unknown-property");
    expect(JSON.parse((await seen(owner)).text)).toEqual({ grant: wholeGrant });
    const again = await rig.ask("/login", { form: { user: "jiro", password } });
    expect(again.status).toBe(303);
    expect(codeOf(await rig.ask("/invitation", { form: { secret } }))).toBe("invitation-invalid");
  });

  it("are refused the same way with whatever is no invitation, and nobody learns who was invited", async () => {
    const secret = await invite("shiro");
    const answers = [
      await rig.ask("/invitation", { form: { secret: `${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}` } }),
      await rig.ask("/invitation", { form: { secret: "" } }),
      await rig.ask("/invitation", { json: { secret: [1] } }),
      await rig.ask("/invitation", { name: `090-0000-0000.${bareHost}`, form: { secret } }),
    ];
    for (const answer of answers) {
      expect([answer.status, codeOf(answer), answer.headers["set-cookie"]]).toEqual([
        ...[403, "invitation-invalid", undefined],
      ]);
    }
    const page = await rig.ask("/invitation", { form: { secret: "x" }, headers: html });
    expect([page.status, page.text.includes("Ask whoever invited you")]).toEqual([403, true]);
    expect((await rig.ask("/login", { form: { user: "shiro", password: "" } })).status).toBe(401);
    expect(await told("/account/people", owner)).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ user: "shiro", invitedUntil: expect.any(String) })]),
    });
  });

  it("are told the secret after the #, once, and in no address that is asked for", async () => {
    const page = await at("/account/people/invite", owner, {
      form: { user: "goro", role: "guest", access: "view", "device:lamp": "on" },
      headers: html,
    });
    const [, link = ""] = /href="(https:[^"]+)"/.exec(page.text) ?? [];
    expect(new URL(link)).toMatchObject({ pathname: "/invitation", search: "" });
    expect(new URL(link).hash.length).toBeGreaterThan(30);
    expect(page.headers["cache-control"]).toBe("no-store");
    expect(JSON.stringify(await rig.audit())).not.toContain(new URL(link).hash.slice(1));
    const form = await rig.ask("/invitation", { headers: html });
    expect(form.text).toContain("data-fragment");
    expect(form.headers["content-security-policy"]).toMatch(/script-src 'sha256-/);
  });

  it("see at once what their grant has become, and what stays open ends", async () => {
    const cookie = await comeInFast("rokuro");
    const ended = vi.fn();
    const stream = request(rig.optionsOf("/api/events", { headers: { cookie } }), (response) => {
      response.once("data", () => ended("open")).once("close", () => ended("closed"));
      response.on("error", () => undefined);
    });
    stream.on("error", () => undefined).end();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("open"), 10_000);
    const meter = parseGrant({ devices: { meter: { access: "view" } } });
    expect((await change("grant", { user: "rokuro", grant: meter })).status).toBe(303);
    expect(codeOf(await seen(cookie))).toBe("unknown-device");
    await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("closed"), 10_000);
    const past = { ...meter, window: { until: "2026-01-01T00:00:00Z" } };
    await change("grant", { user: "rokuro", grant: past });
    expect(codeOf(await at("/api/home", cookie))).toBe("not-granted");
    expect((await at("/account", cookie)).status).toBe(200);
  });

  it("are logged out everywhere when they are suspended, and let in again", async () => {
    const cookie = await comeIn("nana");
    await change("suspend", { user: "nana" });
    expect(codeOf(await seen(cookie))).toBe("session-required");
    const refused = await rig.ask("/login", { form: { user: "nana", password } });
    expect([refused.status, codeOf(refused)]).toEqual([401, "login-refused"]);
    expect((await rig.audit()).slice(0, 3)).toContainEqual(
      expect.objectContaining({ event: "login-refused", user: "nana", facts: { reason: "suspended" } }),
    );
    const secret = JSON.parse((await change("again", { user: "nana" })).text).secret;
    expect(codeOf(await rig.ask("/invitation", { form: { secret } }))).toBe("invitation-invalid");
    await change("resume", { user: "nana" });
    expect((await rig.ask("/login", { form: { user: "nana", password } })).status).toBe(303);
  });

  it("who lost everything are invited again: what they held is forgotten once they come, not before", async () => {
    const cookie = await comeIn("hachi");
    await at("/account/apps", cookie, { json: { label: "x" } });
    const { secret } = JSON.parse((await change("again", { user: "hachi" })).text);
    expect((await seen(cookie)).status).toBe(200);
    const anew = await accept(secret);
    expect(codeOf(await seen(cookie))).toBe("session-required");
    expect((await rig.ask("/login", { form: { user: "hachi", password } })).status).toBe(401);
    expect(await told("/account", anew)).toMatchObject({ apps: [], passkeys: [], sessions: [{}] });
    const other = `${password} two`;
    await at("/password", anew, { form: { password: other, repeat: other } });
    expect((await rig.ask("/login", { form: { user: "hachi", password: other } })).status).toBe(303);
  });

  it("are forgotten when they are removed", async () => {
    const cookie = await comeInFast("kuro");
    expect((await change("remove", { user: "kuro" })).status).toBe(303);
    expect(codeOf(await seen(cookie))).toBe("session-required");
    expect(codeOf(await change("remove", { user: "kuro" }))).toBe("not-found");
    expect((await told("/account/people", owner)).people.map((one: { user: string }) => one.user)).not.toContain(
      "kuro",
    );
  });

  it("are their owner's alone to change: no guest's, no stranger's, no neighbouring page's, and nobody's own", async () => {
    const guest = await comeInFast("juro", { grant: wholeGrant });
    for (const path of ["/account/people", "/account/people/person?user=juro"]) {
      expect(codeOf(await at(path, guest)), path).toBe("not-granted");
      expect(codeOf(await rig.ask(path)), path).toBe("session-required");
    }
    for (const path of ["invite", "again", "grant", "suspend", "resume", "remove"]) {
      expect(codeOf(await change(path, { user, grant: lamp }, guest)), path).toBe("not-granted");
      expect(codeOf(await change(path, { user, grant: lamp })), path).toBe("value-invalid");
      const headers = { origin: "https://neighbour.genkan.localhost", "sec-fetch-site": "same-site" };
      const foreign = at(`/account/people/${path}`, owner, { json: { user: "juro", grant: lamp }, headers });
      expect(codeOf(await foreign), path).toBe("origin-not-allowed");
    }
    expect(codeOf(await change("constructor", { user: "juro" }))).toBe("not-found");
    expect((await seen(guest)).status).toBe(200);
  });

  it("have names and grants of their form, and one name each", async () => {
    for (const wrong of [
      { user: "juichi", grant: { devices: {} } },
      { user: "juichi", grant: "{" },
      { user: "juichi", role: "king", grant: lamp },
      { user: "juichi", access: "view" },
      { user: "juichi", access: "view", devices: "lamp", until: "tomorrow" },
      {
        user: "juichi",
        grant: { devices: { lamp: { access: "view", properties: Array(256).fill("x".repeat(120)) } } },
      },
      { user: "a\nb", grant: lamp },
      { user: "", grant: lamp },
    ]) {
      expect(codeOf(await change("invite", wrong)), JSON.stringify(wrong).slice(0, 80)).toBe("value-invalid");
    }
    await invite("juichi");
    expect(codeOf(await change("invite", { user: "juichi", grant: lamp }))).toBe("value-invalid");
  });

  it("are changed only shortly after a login", async () => {
    const late = await openRig(() => Date.now());
    await using _late = late;
    const cookie = await late.logIn();
    const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 16 * 60_000);
    const asked = { headers: { cookie }, json: { user: "x", grant: lamp } };
    expect(codeOf(await late.ask("/account/people/invite", asked))).toBe("login-again");
    const led = await late.ask("/account/people/invite", { headers: { cookie, ...html }, form: { user: "x" } });
    expect(led.headers.location).toBe("/login?again");
    expect((await late.ask("/account/people", { headers: { cookie } })).status).toBe(200);
    now.mockRestore();
  });

  it("are shown with the devices of the home, by their titles", async () => {
    await invite("jusan");
    const list = await at("/account/people", owner, { headers: html });
    expect(list.text).toContain("Guest · look and control · Lamp · invited");
    expect(list.text).toContain('name="device:door"');
    expect(list.text).toContain("&#60;b&#62;Door");
    const page = await at("/account/people/person?user=jusan", owner, { headers: html });
    expect(page.text).toContain('name="device:lamp" checked');
    expect(page.text).toContain("finer grant");
    const saved = await at("/account/people/grant", owner, {
      form: { user: "jusan", role: "guest", access: "view", "device:lamp": "on", streams: "on", until: "2099-12-31" },
      headers: html,
    });
    expect(saved.headers.location).toBe("/account/people");
    const { people } = await told("/account/people", owner);
    expect(people.find((one: { user: string }) => one.user === "jusan").grant).toEqual({
      devices: { lamp: { access: "view", streams: true } },
      window: { until: new Date("2100-01-01T00:00:00").toISOString() },
    });
    const none = await at("/account/people/grant", owner, {
      form: { user: "jusan", role: "guest", access: "view" },
      headers: html,
    });
    expect([none.status, none.text.includes("Choose at least one device")]).toEqual([422, true]);
  });

  it("are told in the audit with who did it, and each command with where it went and not what it said", async () => {
    await at("/api/devices/lamp/properties/on", owner, { method: "PUT", json: "secret value" });
    const lines = (await rig.audit()).map(
      ({ event, user: by, facts }) => `${event} ${by} ${facts["who"] ?? facts["path"] ?? ""}`,
    );
    for (const line of [
      `person-invited ${user} jiro`,
      "invitation-used jiro ",
      `grant-changed ${user} rokuro`,
      `person-suspended ${user} nana`,
      `person-resumed ${user} nana`,
      `person-removed ${user} kuro`,
      `command ${user} /api/devices/lamp/properties/on`,
    ]) {
      expect(lines).toContain(line);
    }
    expect(JSON.stringify(await rig.audit())).not.toContain("secret value");
  });
});
