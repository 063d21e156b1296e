import { describe, expect, it } from "vitest";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { askedLook, keptLook, lookCookie } from "../../gateway-core/page/look.ts";
import { local, openPage } from "./open-page.ts";

const rootOf = (page: string): string => /<html[^>]*>/.exec(page)?.[0] ?? "";

describe("How a browser wants the page", () => {
  it("is kept in a cookie as it was chosen", () => {
    const look = { theme: "dark", contrast: "more", lang: "ja" } as const;
    const [pair = ""] = lookCookie(look, true).split(";");
    expect(keptLook(`a=1; ${pair}; b=2`)).toEqual(look);
    expect(lookCookie({}, false)).toBe("genkan-look=; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    expect(lookCookie({}, true)).toMatch(/; Secure$/);
  });

  it.each([
    undefined,
    "",
    "genkan-look=",
    "genkan-look=theme=blue&lang",
    "xgenkan-look=theme=dark",
    "genkan-look=__proto__=x",
  ])("is as the machine has it where %j says nothing that is known", (cookie) => expect(keptLook(cookie)).toEqual({}));

  it("is asked for by the query, which takes back too, and leaves what it does not name", () => {
    const kept = { theme: "dark", lang: "ja" } as const;
    expect(askedLook({ theme: "light" }, kept)).toEqual({ theme: "light", lang: "ja" });
    expect(askedLook({ theme: "system" }, kept)).toEqual({ lang: "ja" });
    expect(askedLook({ contrast: "more" }, {})).toEqual({ contrast: "more" });
    for (const query of [{}, { theme: "blue" }, { result: "done", edit: "" }])
      expect(askedLook(query, kept)).toBeUndefined();
  });
});

describe("The page", () => {
  it("looks at once as the query asks, and then as the cookie says", async () => {
    const { ask } = openPage();
    const asked = await ask("/?theme=dark&contrast=more&lang=ja");
    const cookie = asked.headers.get("set-cookie")?.split(";")[0] ?? "";
    const dark = '<html lang="ja" data-theme="dark" data-contrast="more">';
    expect(rootOf(await asked.text())).toBe(dark);
    for (const path of ["/", "/devices/lamp"]) {
      const kept = await ask(path, { headers: { cookie, "accept-language": "en" } });
      expect(kept.headers.get("set-cookie")).toBeNull();
      expect(kept.headers.get("vary")).toContain("cookie");
      const page = await kept.text();
      expect(rootOf(page)).toBe(dark);
      expect(page).toContain('<meta name="color-scheme" content="dark">');
    }
    expect(rootOf(await (await ask("/")).text())).toBe('<html lang="en">');
  });

  it("keeps its cookie out of plain HTTP where it came through the access broker", async () => {
    const { ask } = openPage();
    const remote = await ask("/?lang=ja", {}, { ...local, from: "remote", grant: wholeGrant });
    expect(remote.headers.get("set-cookie")).toMatch(/; Secure$/);
    expect((await ask("/?lang=ja")).headers.get("set-cookie")).not.toContain("Secure");
  });

  it("has the choices in its corner, the present one marked, but none on a wall", async () => {
    const { ask } = openPage();
    const page = await (await ask("/?theme=dark")).text();
    expect(page).toContain('<button class="segment" name="theme" value="dark" aria-pressed="true">');
    expect(page).toContain('<button class="segment" name="contrast" value="normal" aria-pressed="true">');
    expect(page).toContain('<button class="segment" name="lang" value="en" aria-pressed="true" lang="en">');
    for (const path of ["/?kiosk=1", "/devices/lamp?kiosk=1"]) {
      const kiosk = await (await ask(path)).text();
      expect(kiosk).not.toMatch(/popover|class="edit"/);
      expect(kiosk).toContain("data-kiosk");
    }
  });

  it("has the form of a device's appearance on the device's page, open where one came to edit", async () => {
    const { ask, put } = openPage();
    await put("/api/devices/lamp/appearance", { name: '<"読書灯">', room: "書斎", icon: "sensor", isFavourite: true });
    const page = await (await ask("/devices/lamp?edit")).text();
    expect(page).toContain('<details class="edit" id="edit" open>');
    expect(page).toContain('name="name" value="&lt;&quot;読書灯&quot;&gt;"');
    expect(page).toContain('<option value="sensor" selected>Sensor</option>');
    expect(page).toContain('name="isFavourite" checked');
    expect(page).toContain('<option value="Living room"></option>');
    expect(await (await ask("/devices/lamp")).text()).toContain('<details class="edit" id="edit">');
    const guest = { ...local, grant: { devices: { lamp: { access: "control", properties: ["power"] } } } } as const;
    expect(await (await ask("/devices/lamp?edit", {}, guest)).text()).not.toContain('class="edit"');
  });
});
