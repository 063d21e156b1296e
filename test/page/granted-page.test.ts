import { describe, expect, it } from "vitest";
import { viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { local, openPage } from "./open-page.ts";

const lampPower = "/api/devices/lamp/properties/power";
const codeOf = async (response: Response): Promise<unknown> => (await response.json()).code;

describe("The page of who may only look", () => {
  const guest: Viewer = { ...local, name: "anna", from: "remote", grant: viewOnly(wholeGrant) };

  it.each([
    ["en", "View only"],
    ["ja", "閲覧のみ"],
  ])("says so in %s, and has values but no control", async (language, note) => {
    const { ask } = openPage();
    for (const path of ["/", "/devices/cooler"]) {
      const page = await (await ask(path, { headers: { "accept-language": language } }, guest)).text();
      expect(page).toContain(note);
      expect(page).toContain("27°C");
      expect(page).not.toMatch(/action="[^"]*api\/|<select|<input|role="switch"/);
      expect(await (await ask(path)).text()).not.toContain(note);
    }
  });

  it("takes no command, by JSON or by form", async () => {
    const { ask, control } = openPage();
    const json = { method: "PUT", body: "false", headers: { "content-type": "application/json" } };
    expect(await codeOf(await ask(lampPower, json, guest))).toBe("not-granted");
    const token = /name="token" value="([^"]+)"/.exec(await (await ask("/")).text())?.[1] ?? "";
    const body = new URLSearchParams({ token, value: "false" });
    const form = await ask(lampPower, { method: "POST", body }, guest);
    expect(form.headers.get("location")).toMatch(/\?result=not-granted$/);
    expect(control.asked).toEqual([]);
  });
});

describe("Outside of the window of a grant", () => {
  const open = () => {
    const page = openPage();
    const until = new Date(page.host.clock.now() + 60_000).toISOString();
    const viewer: Viewer = { ...local, from: "remote", grant: { ...wholeGrant, window: { until } } };
    return { ...page, as: (path: string, init: RequestInit = {}) => page.ask(path, init, viewer) };
  };

  it("nothing is shown or done, and a person is told in words", async () => {
    const { as, host, control } = open();
    expect((await as("/api/home")).status).toBe(200);
    await host.clock.advance(60_000);
    for (const path of ["/api/home", "/api/events", "/things", "/things/lamp", lampPower, "/devices/lamp"]) {
      const response = await as(path);
      expect([response.status, await codeOf(response)]).toEqual([403, "not-granted"]);
    }
    const page = await as("/", { headers: { accept: "text/html" } });
    expect(await page.text()).toContain("This is not open to you now");
    expect(control.asked).toEqual([]);
  });

  it("a command whose body was still on its way when the window closed is refused", async () => {
    const { as, host, control } = open();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const body = { body: readable, duplex: "half" as const };
    const answer = as(lampPower, { method: "PUT", headers: { "content-type": "application/json" }, ...body });
    await host.clock.advance(60_000);
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("false"));
    await writer.close();
    expect(await codeOf(await answer)).toBe("not-granted");
    expect(control.asked).toEqual([]);
  });
});

describe("A command's id that was used before", () => {
  it("does not give who repeats it the result of a command to what they do not see", async () => {
    const { ask, control } = openPage();
    const send = (path: string, viewer: Viewer) => {
      const body = JSON.stringify({ $id: "guessed", value: true });
      return ask(path, { method: "PUT", body, headers: { "content-type": "application/json" } }, viewer);
    };
    const request = { kind: "property", name: "power", value: true } as const;
    control.execute = async () => ({ id: "guessed", device: "cooler", request, ok: true, value: "secret" });
    const guest: Viewer = { ...local, from: "remote", grant: { devices: { lamp: { access: "control" } } } };
    const refused = await send(lampPower, guest);
    expect([refused.status, await codeOf(refused)]).toEqual([400, "command-invalid"]);
    expect(await (await send(lampPower, local)).json()).toEqual({ value: "secret" });
  });
});
