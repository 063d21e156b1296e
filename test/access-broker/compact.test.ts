import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignIn } from "../fakes/compact-judge.ts";
import { openPage } from "../page/open-page.ts";
import { type Answer, bareHost, cookiesOf, number, openRig, password, type Rig, user } from "./rig.ts";

describe("A simple terminal", () => {
  const phone = { "user-agent": "DoCoMo/1.0/F502i/c10" };
  const text = { "user-agent": "w3m/0.5.3" };
  const { handler, control } = openPage();
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
    await rig.join(handler);
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const isCompact = ({ text: page }: Answer): void => {
    expect(foreignIn(page)).toEqual([]);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(2_048);
  };
  const pathOf = ({ headers }: Answer): string => headers.location?.replace(/^https:\/\/[^/]+/, "") ?? "";

  it("logs in, lists the home, switches a light and sets a temperature, at the home's origin", async () => {
    const first = await rig.ask("/", { headers: text });
    expect([first.status, first.headers.location]).toEqual([302, `https://${rig.authority()}/c/`]);
    expect(pathOf(await rig.ask("/c/", { headers: text }))).toBe("/login");
    const form = await rig.ask("/login", { headers: text });
    isCompact(form);
    expect(form.text).toMatch(/<form method="post" action="\/login">.*name="user".*type="password".*type="submit"/s);
    const login = await rig.ask("/login", { form: { user, password }, headers: text });
    expect([login.status, login.headers.location]).toEqual([302, `https://${rig.authority()}/c/`]);
    const cookie = cookiesOf(login);
    const list = await rig.ask("/c/", { headers: { ...text, cookie } });
    isCompact(list);
    expect(list.text).toContain("Light");
    const light = await rig.ask("/c/d/lamp", { headers: { ...text, cookie } });
    isCompact(light);
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(light.text) ?? [];
    const switched = await rig.ask("/c/d/lamp/p/power", {
      form: { token, value: "false" },
      headers: { ...text, cookie },
    });
    expect([switched.status, switched.headers.location]).toEqual([
      302,
      `https://${rig.authority()}/c/d/lamp?result=done`,
    ]);
    await rig.ask("/c/d/cooler/p/targetTemperature", { form: { token, value: "24" }, headers: { ...text, cookie } });
    expect(control.asked.map(({ device, request }) => [device, request])).toEqual([
      ["lamp", { kind: "property", name: "power", value: false }],
      ["cooler", { kind: "property", name: "targetTemperature", value: 24 }],
    ]);
    const done = await rig.ask("/c/d/lamp?result=done", { headers: { ...text, cookie } });
    expect(done.text).toContain("Done.");
  });

  it("is refused in compact words", async () => {
    const refused = await rig.ask("/login", { form: { user, password: "wrong wrong" }, headers: text });
    expect(refused.status).toBe(401);
    isCompact(refused);
    const nowhere = await rig.ask("/c/d/nobody", { headers: { ...text, cookie: await rig.logIn() } });
    expect(nowhere.status).toBe(404);
    isCompact(nowhere);
  });

  it("that reads nothing but Shift_JIS is written to in it, in Japanese", async () => {
    const cookie = await rig.logIn();
    const { headers } = await rig.ask("/c/", { headers: { ...phone, cookie } });
    expect(headers["content-type"]).toBe("text/html; charset=Shift_JIS");
    expect(headers["content-language"] ?? "").toBe("");
  });

  it("comes by the path of the bare host too, with a session of that path", async () => {
    const at = (path: string, more: object = {}) => rig.ask(path, { name: bareHost, headers: text, ...more });
    const place = `https://${rig.authority(bareHost)}/n/${number}`;
    expect((await at(`/n/${number}/`)).headers.location).toBe(`${place}/c/`);
    expect((await at(`/n/${number}/c/`)).headers.location).toBe(`${place}/login`);
    expect((await at(`/n/${number}/login`)).text).toContain(`action="/n/${number}/login"`);
    const login = await at(`/n/${number}/login`, { form: { user, password } });
    expect(login.headers.location).toBe(`${place}/c/`);
    for (const cookie of login.headers["set-cookie"] ?? []) {
      expect(cookie).toMatch(
        new RegExp(`^__Secure-genkan(?:-device)?=[^;]+; Path=/n/${number}/; Secure; HttpOnly; SameSite=Lax`),
      );
    }
    const headers = { ...text, cookie: cookiesOf(login) };
    const list = await at(`/n/${number}/c/`, { headers });
    isCompact(list);
    expect(list.text).toContain(`href="/n/${number}/c/d/lamp"`);
    const light = await at(`/n/${number}/c/d/lamp`, { headers });
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(light.text) ?? [];
    const switched = await at(`/n/${number}/c/d/lamp/p/power`, { headers, form: { token, value: "true" } });
    expect(switched.headers.location).toBe(`${place}/c/d/lamp?result=done`);
    for (const path of ["/api/home", "/", "/things", "/assets/a.css"]) {
      const answer = await at(`/n/${number}${path}`, { headers });
      expect([302, 404], path).toContain(answer.status);
    }
    expect((await at("/n/090-0000-0000/c/", { headers })).headers.location).toContain("/n/090-0000-0000/login");
    expect((await rig.ask("/c/", { headers: { cookie: cookiesOf(login) } })).status).toBe(401);
  });

  it("sees what a device serves itself by its words alone, and a browser runs nothing of it", async () => {
    const own = await openRig();
    await own.join(
      async () =>
        new Response(
          "<title>VTR</title><script>evil()</script><table><tr><td>Tape<td>in</table><a href='play'>Play</a>",
          { headers: { "content-type": "text/html" } },
        ),
    );
    const cookie = await own.logIn();
    const seen = await own.ask("/devices/vtr/pages/", { headers: { ...text, cookie } });
    isCompact(seen);
    expect(seen.text).toContain("Tape in");
    expect(seen.text).toContain('href="/devices/vtr/pages/play"');
    const browser = await own.ask("/devices/vtr/pages/", { headers: { cookie, accept: "text/html" } });
    expect(browser.headers["content-security-policy"]).toContain("sandbox allow-forms");
    await own[Symbol.asyncDispose]();
  });
});
