/** A whole gateway: its page in the home sets direct access up and shows where browsers find the home's proxy; from outside there is the page alone. */

import { request } from "node:https";
import { describe, expect, it, vi } from "vitest";
import { createGateway, parseSettings } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { closedPort } from "../access-broker/outbound-proxy/proxy-rig.ts";
import { FailingMemory } from "../fakes/failing-memory.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { cookiesOf, owner, password } from "./own-rig.ts";

const outside = (port: number, path: string, form?: Readonly<Record<string, string>>, cookie = "") =>
  new Promise<{ status: number; headers: import("node:http").IncomingHttpHeaders }>((resolve, reject) => {
    const headers = { cookie, ...(form && { "content-type": "application/x-www-form-urlencoded" }) };
    const method = form === undefined ? "GET" : "POST";
    request({ host: "127.0.0.1", port, path, method, headers, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume().once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    })
      .once("error", reject)
      .end(form && new URLSearchParams(form).toString());
  });

describe("A gateway under own management", () => {
  it("is set up on its page in the home, serves that page outside, and nothing else of itself", async () => {
    const port = await closedPort();
    const settings = parseSettings({
      page: { port: 0 },
      access: { mode: "own", port, listen: "127.0.0.1" },
      homeProxy: { enabled: true, port: 0 },
    });
    const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FakeMemory() };
    await using gateway = createGateway({ settings, host, packageRoot: packageRoot() });
    for (const name of ["page", "home-proxy", "access-link"] as const) gateway.stations.get(name)?.hold();
    await vi.waitFor(
      () => expect(gateway.addresses()).toMatchObject({ lan: expect.any(String), homeProxy: expect.any(String) }),
      { timeout: 15_000 },
    );
    const { lan = "", homeProxy } = gateway.addresses();
    expect(await (await fetch(new URL("/proxy.pac", lan))).text()).toContain(`PROXY ${homeProxy}`);

    await expect(outside(port, "/login")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const body = new URLSearchParams({ action: "on", name: owner, password, again: password });
    const set = await fetch(new URL("/setup/direct", lan), { method: "POST", body, redirect: "manual" });
    expect(set.status).toBe(303);
    const cookie = cookiesOf(await outside(port, "/login", { name: owner, password }));
    const at = async (path: string): Promise<number> => (await outside(port, path, undefined, cookie)).status;
    expect(await Promise.all(["/", "/api/home"].map(at))).toEqual([200, 200]);
    expect(await Promise.all(["/setup", "/setup/keys", "/setup/direct", "/proxy.pac", "/editor"].map(at))).toEqual([
      404, 404, 404, 404, 404,
    ]);
  });

  it("has its page in the home though what is kept of who may come from outside cannot be read", async () => {
    const settings = parseSettings({ page: { port: 0 }, access: { mode: "own", port: 0, listen: "127.0.0.1" } });
    const host = { clock: systemClock, ids: systemIds, log: new FakeLog(), memory: new FailingMemory("own-access") };
    await using gateway = createGateway({ settings, host, packageRoot: packageRoot() });
    gateway.stations.get("page")?.hold();
    await vi.waitFor(() => expect(gateway.addresses().lan).toBeDefined(), { timeout: 15_000 });
    const { lan = "" } = gateway.addresses();
    const statusOf = async (path: string): Promise<number> => (await fetch(new URL(path, lan))).status;
    expect([await statusOf("/proxy.pac"), await statusOf("/setup"), await statusOf("/setup/direct")]).toEqual([
      404, 200, 503,
    ]);
    expect(host.log.events("error")).toContain("own-access-failed");
  });
});
