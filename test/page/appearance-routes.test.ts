import { describe, expect, it } from "vitest";
import { type Grant, viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { local, openPage } from "./open-page.ts";

const path = "/api/devices/lamp/appearance";
const tokenOf = async (page: ReturnType<typeof openPage>): Promise<string> =>
  /name="token" value="([^"]+)"/.exec(await (await page.ask("/devices/lamp")).text())?.[1] ?? "";

describe("How a device appears", () => {
  it("is told and changed as JSON, and everybody sees it at once", async () => {
    const { ask, put, feed } = openPage();
    expect(await (await ask(path)).json()).toEqual({});
    const response = await put(path, { name: "Reading lamp", isFavourite: true });
    expect([response.status, await response.json()]).toEqual([200, { name: "Reading lamp", isFavourite: true }]);
    expect(await (await ask(path)).json()).toEqual({ name: "Reading lamp", isFavourite: true });
    expect(feed.state.devices.get("lamp")).toMatchObject({ title: "Reading lamp", appearance: { isFavourite: true } });
    expect(await (await ask("/")).text()).toContain("Reading lamp");
  });

  it("is changed by a form, where what is empty is taken back", async () => {
    const page = openPage();
    const post = async (fields: Record<string, string>) => {
      const body = new URLSearchParams({ token: await tokenOf(page), ...fields });
      return (await page.ask(path, { method: "POST", body })).headers.get("location");
    };
    const all = { name: "読書灯", room: "書斎", icon: "sensor", order: "2", isFavourite: "on", isHidden: "on" };
    expect(await post(all)).toBe("../../../devices/lamp?result=done");
    expect(await (await page.ask(path)).json()).toEqual({ ...all, order: 2, isFavourite: true, isHidden: true });
    expect(await post({ name: "", room: "", icon: "", order: "" })).toBe("../../../devices/lamp?result=done");
    expect(await (await page.ask(path)).json()).toEqual({});
    expect(await post({ order: "last" })).toBe("../../../devices/lamp?result=value-invalid");
    expect(await post({ token: "forged", name: "x" })).toBe("../../../devices/lamp?result=form-token-invalid");
  });

  it("is not changed by what is no appearance, of no device, or from another site", async () => {
    const { put } = openPage();
    const codeOf = async (response: Response): Promise<unknown> => (await response.json()).code;
    expect(await codeOf(await put(path, { size: 1 }))).toBe("value-invalid");
    expect(await codeOf(await put("/api/devices/nobody/appearance", { name: "x" }))).toBe("unknown-device");
    expect(await codeOf(await put(path, { name: "x" }, { origin: "https://evil.example" }))).toBe("origin-not-allowed");
  });

  it.each<[string, Grant, string]>([
    ["may only look", viewOnly(wholeGrant), "not-granted"],
    ["controls a part of it", { devices: { lamp: { access: "control", properties: ["power"] } } }, "not-granted"],
    ["does not see it", { devices: { cooler: { access: "control" } } }, "unknown-device"],
    ["comes too late", { ...wholeGrant, window: { until: "2020-01-01T00:00:00Z" } }, "not-granted"],
  ])("is not for who %s to change", async (_who, grant, code) => {
    const page = openPage();
    const viewer: Viewer = { ...local, from: "remote", grant };
    const json = { method: "PUT", body: '{"name":"x"}', headers: { "content-type": "application/json" } };
    expect((await (await page.ask(path, json, viewer)).json()).code).toBe(code);
    const body = new URLSearchParams({ token: await tokenOf(page), name: "x" });
    const form = await page.ask(path, { method: "POST", body }, viewer);
    if (form.status === 303) expect(form.headers.get("location")).toContain(`?result=${code}`);
    expect(page.host.memory.values.get("appearances")).toBeUndefined();
  });
});
