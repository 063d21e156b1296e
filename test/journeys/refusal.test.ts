import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { genkan, type Home, startHome } from "./home.ts";
import { untilFurnished } from "./home-states.ts";
import { type RemoteClient, remoteClient } from "./remote-client.ts";

describe("A home refuses", () => {
  let home: Home;
  let stranger: RemoteClient;

  beforeAll(async () => {
    home = await startHome();
    await untilFurnished(home.addresses.lan);
    stranger = remoteClient(home.addresses);
  });
  afterAll(async () => {
    await home?.[Symbol.asyncDispose]();
  });

  it("a wrong password, an unknown user and an unknown number in the same words", async () => {
    const { number, user } = home.addresses;
    const { hostname, port } = new URL(home.addresses.home);
    const elsewhere = hostname.replace(number, "090-0000-0000");
    const ask = (who: string, name: string) =>
      stranger.ask("POST", "/login", {
        name,
        headers: { "content-type": "application/x-www-form-urlencoded", origin: `https://${name}:${port}` },
        body: new URLSearchParams({ user: who, password: "wrong wrong wrong" }).toString(),
      });
    const answers = [await ask(user, hostname), await ask("nobody", hostname), await ask(user, elsewhere)];
    for (const { status, text } of answers) {
      expect(status).toBe(401);
      expect(text.replaceAll(elsewhere, hostname)).toBe(answers[0]?.text.replaceAll(elsewhere, hostname));
    }
    for (const secret of [user, "argon2", "unknown"]) expect(answers[0]?.text).not.toContain(`"${secret}"`);
  });

  it.each(["/", "/api/home", "/api/events", "/things"])("no session at %s", async (path) => {
    const { status, text } = await stranger.ask("GET", path, { headers: { accept: "application/json" } });
    expect(status).toBe(401);
    expect(text).toContain("session-required");
    expect(text).not.toContain("targetTemperature");
  });

  it("another home's session", async () => {
    const neighbour = ["--state", home.folder, "--number", "090-1111-2222", "--user", "neighbour", "--password-stdin"];
    expect((await genkan(["subscribe", ...neighbour], "another long password")).code).toBe(0);
    const { hostname, port } = new URL(home.addresses.home);
    const name = hostname.replace(home.addresses.number, "090-1111-2222");
    const other = remoteClient({ ...home.addresses, home: `https://${name}:${port}/` });
    expect((await other.login("neighbour", "another long password")).status).toBe(303);
    stranger.cookie = other.cookie;
    const { status, text } = await stranger.ask("GET", "/api/home", { headers: { accept: "application/json" } });
    stranger.cookie = "";
    expect(status).toBe(401);
    expect(text).toContain("session-required");
  });

  it("a gateway without a certificate, at the TLS layer", async () => {
    const { port } = new URL(home.addresses.accessBroker.gateways);
    const told = await new Promise<string>((resolve) => {
      const ca = readFileSync(home.addresses.ca);
      const options = { host: "127.0.0.1", port: Number(port), ca, ALPNProtocols: ["genkan-mqtt/1"] };
      const socket = connect({ ...options, checkServerIdentity: () => undefined, rejectUnauthorized: false });
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.on("close", () => resolve("closed"));
      socket.on("data", () => resolve("data"));
    });
    expect(told).toMatch(/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ECONNRESET|closed/);
    expect(told).not.toBe("data");
  });

  it("a foreign name and a foreign origin at the LAN page, on loopback too", async () => {
    const { port } = new URL(home.addresses.lan);
    const { request } = await import("node:http");
    const status = (method: string, headers: Record<string, string>, body?: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const path = method === "GET" ? "/" : "/api/devices/x/properties/power";
        request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on("error", reject)
          .end(body);
      });
    expect(await status("GET", { host: "evil.example" })).toBe(421);
    const write = { "content-type": "application/json", host: `127.0.0.1:${port}` };
    expect(await status("PUT", { ...write, origin: "https://evil.example" }, "true")).toBe(403);
    expect(await status("PUT", { ...write, "content-type": "text/plain" }, "true")).toBe(415);
  });

  it("keeps a line of each refused login in the audit, and none of a secret in any log", async () => {
    for (const name of ["gateway", "access-broker", "simulated-home"]) {
      expect(home.log(name)).not.toContain("wrong wrong wrong");
      expect(home.log(name)).not.toContain(home.password);
    }
  });
});

describe("With --listen beyond loopback", () => {
  const [outer] = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."));

  it.skipIf(outer === undefined)(
    "a source outside the home's networks is refused (skipped: no second address here)",
    async () => {
      await using home = await startHome(["--listen", "0.0.0.0", "--set", 'page.networks=["127.0.0.0/8"]']);
      const { port } = new URL(home.addresses.lan);
      const response = await fetch(`http://${outer?.address}:${port}/`);
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("not-registered-broker");
    },
  );
});
