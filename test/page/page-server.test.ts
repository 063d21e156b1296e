import { createServer, request, type Server } from "node:http";
import { networkInterfaces } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Handler } from "../../gateway-core/contract/web.ts";
import { openPageServer, type PageServer, type PageServerOptions } from "../../gateway-core/page/page-server.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { use } from "../use.ts";
import { openPage } from "./open-page.ts";

async function open(
  handler: Handler,
  over: Partial<PageServerOptions> = {},
): Promise<PageServer & { host: ReturnType<typeof fakeHost> }> {
  const host = fakeHost();
  const options = { listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host };
  const server = await use(openPageServer({ ...options, handler, ...over }));
  return Object.assign(server, { host });
}

/** A request with any Host header, as `fetch` cannot send it. */
function get(url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    })
      .on("error", reject)
      .end();
  });
}

const echo: Handler = async (asked, viewer) => Response.json({ path: new URL(asked.url).pathname, viewer });
const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;

describe("The page server", () => {
  it("hands requests on, as asked by a local viewer", async () => {
    const { url } = await open(echo);
    expect(await (await fetch(new URL("x", url))).json()).toEqual({
      path: "/x",
      viewer: { name: "local", from: "local", session: "127.0.0.1", grant: wholeGrant },
    });
  });

  it("serves the whole page over a real socket: the page, a command, events", async () => {
    const page = openPage();
    const { url } = await open(page.handler);
    expect(await (await fetch(url)).text()).toMatch(/<gk-home data-seq="[\w-]+:\d+">/);
    page.control.answer = { ok: true, value: false };
    const put = {
      method: "PUT",
      body: "false",
      headers: { "content-type": "application/json", origin: url.slice(0, -1) },
    };
    const answer = await fetch(new URL("api/devices/lamp/properties/power", url), put);
    expect([answer.status, await answer.json()]).toEqual([200, { value: false }]);
    const leaving = new AbortController();
    const events = await fetch(new URL("api/events", url), { signal: leaving.signal });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(/^id: .*\nevent: snapshot\n/);
    page.live.receive({ type: "gone", device: "sensor" });
    expect((await reader?.read())?.value).toContain("event: gone");
    leaving.abort();
    await expect.poll(() => page.host.clock.pending).toBe(0);
  });

  it("answers to its own names alone: a foreign page may not point its name here", async () => {
    const server = await open(echo, { hostNames: ["genkan.local"] });
    for (const host of ["evil.example", "evil.example:80"]) {
      const { status, body } = await get(server.url, { host });
      expect([status, JSON.parse(body)]).toEqual([421, expect.objectContaining({ code: "host-not-allowed" })]);
    }
    expect((await get(server.url, { host: "genkan.local" })).status).toBe(200);
    expect((await get(server.url, { host: "localhost:1" })).status).toBe(200);
  });

  it("logs a refusal once", async () => {
    const server = await open(echo);
    for (let time = 0; time < 3; time++) await get(server.url, { host: "evil.example" });
    expect(server.host.log.events("warn")).toEqual(["page-request-refused"]);
  });

  it.runIf(ownAddress !== undefined)("is closed beyond loopback to all but the home's networks", async () => {
    const closed = await open(echo, { listen: "0.0.0.0" });
    const address = (url: string): string => `http://${ownAddress}:${new URL(url).port}/`;
    const refused = await get(address(closed.url));
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      403,
      expect.objectContaining({ code: "not-registered-broker" }),
    ]);
    const shared = await open(echo, { listen: "0.0.0.0", networks: [`${ownAddress}/32`] });
    expect((await get(address(shared.url))).status).toBe(200);
    expect(shared.url).not.toContain("0.0.0.0");
  });

  it("moves to the next free port and says so", async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    });
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const server = await open(echo, { port });
    expect(Number(new URL(server.url).port)).toBeGreaterThan(port);
    expect(server.host.log.events("info")).toEqual(["page-port-moved"]);
  });

  it("says what is wrong with an address that is not here", async () => {
    await expect(open(echo, { listen: "203.0.113.7" })).rejects.toMatchObject({ code: "address-unusable" });
    await expect(open(echo, { networks: ["home"] })).rejects.toMatchObject({ code: "settings-invalid" });
  });

  it("ends the streams of its viewers when it closes", async () => {
    const page = openPage();
    const server = await open(page.handler);
    const { url } = server;
    const events = await fetch(new URL("api/events", url));
    await server[Symbol.asyncDispose]();
    await expect(events.text()).rejects.toThrow();
    await expect(fetch(url)).rejects.toThrow();
  });
});
