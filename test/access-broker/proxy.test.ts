/** The outbound proxy of a whole access broker, used with curl as a computer in a home uses it. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listTable, setProxy, setRequirement } from "../../access-broker/access-broker.ts";
import { makeApp } from "../attacks/remote-rig.ts";
import { bareHost, number, openRig, password, type Rig, user } from "./rig.ts";

const run = promisify(execFile);

describe("A computer of a home", () => {
  let rig: Rig;
  let server: Server;
  let port: number;
  let app: string;
  const folder = mkdtempSync(join(tmpdir(), "genkan-curl-"));
  const ca = join(folder, "ca.pem");

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/inside") response.writeHead(302, { location: `http://127.0.0.2:${port}/secret` }).end();
      else if (request.url === "/metadata") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      else response.end(`${request.method} ${request.url} ${Object.keys(request.headers).sort().join(",")}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    rig = await openRig(undefined, { proxy: { allow: [`127.0.0.1:${port}`] } });
    writeFileSync(ca, rig.ca);
    app = await makeApp(rig, number);
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await setProxy({ ...rig.provider, number, isAllowed: true });
    await setRequirement({ ...rig.provider, number, requirement: null });
  });

  /** The status of the proxy's own answer and of the last one, and the body. */
  async function curl(url: string, { as = `${number}/${user}:${app}`, more = [] as readonly string[] } = {}) {
    const proxy = ["--proxy", `https://${bareHost}:${rig.proxyPort}`, "--proxy-cacert", ca, "--proxy-user", as];
    const resolve = ["--resolve", `${bareHost}:${rig.proxyPort}:127.0.0.1`];
    const told = ["-sS", "--max-time", "30", "-w", "\n%{http_connect} %{http_code}"];
    // `-q`: nobody's own settings; no variable of the environment keeps an address from the proxy.
    const args = ["-q", "--noproxy", "", ...told, ...resolve, ...proxy, ...more, url];
    const { stdout } = await run("curl", args, { env: {} }).catch((failed: { stdout: string }) => failed);
    const [, body = "", connect, code] = /^(.*)\n(\d{3}) (\d{3})$/s.exec(stdout) ?? [];
    return { body, connect: Number(connect), code: Number(code) };
  }

  it("gets to a server that the provider lists, by a request and through a tunnel", async () => {
    const url = `http://127.0.0.1:${port}/x?y=1`;
    expect(await curl(url)).toEqual({ body: "GET /x?y=1 accept,connection,host,user-agent", connect: 0, code: 200 });
    const posted = await curl(url, { more: ["--data", "a=b"] });
    expect(posted.body).toContain("POST /x?y=1");
    const tunnelled = await curl(url, { more: ["--proxytunnel"] });
    expect([tunnelled.connect, tunnelled.code]).toEqual([200, 200]);
  });

  it("is not led inside: not by an address, not by a name, not by a redirection", async () => {
    for (const url of ["http://127.0.0.2/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/"]) {
      expect((await curl(url)).code).toBe(403);
    }
    for (const url of ["https://127.0.0.1/", `https://${number}.${bareHost}/`, "https://169.254.169.254/"]) {
      expect((await curl(url)).connect).toBe(403);
    }
    for (const path of ["inside", "metadata"]) {
      const { code, body } = await curl(`http://127.0.0.1:${port}/${path}`, { more: ["--location"] });
      expect([code, JSON.parse(body).code]).toEqual([403, "proxy-target-refused"]);
    }
    const reasons = (await rig.audit())
      .filter(({ event }) => event === "proxy-refused")
      .map(({ facts }) => facts["reason"]);
    expect(new Set(reasons)).toEqual(new Set(["not-public", "own-name", "port"]));
  });

  it("is refused while its home may not use the proxy, asks for more than its app password stands for, or is another", async () => {
    const url = `http://127.0.0.1:${port}/`;
    await setProxy({ ...rig.provider, number, isAllowed: false });
    expect((await curl(url)).code).toBe(403);
    await setProxy({ ...rig.provider, number, isAllowed: true });
    await setRequirement({ ...rig.provider, number, requirement: "passkey" });
    expect((await curl(url)).code).toBe(407);
    await setRequirement({ ...rig.provider, number, requirement: null });
    expect((await curl(url)).code).toBe(200);
    const wrong = [`${number}/${user}:wrong`, `${number}/nobody:${app}`, `090-9999-9999/${user}:${app}`];
    const answers = await Promise.all(wrong.map((as) => curl(url, { as })));
    expect(answers[0]?.code).toBe(407);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await expect(setProxy({ ...rig.provider, number: "090-0000-0000", isAllowed: true })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("is led only where its home wants, and never where it does not", async () => {
    const url = `http://127.0.0.1:${port}/`;
    const places = async (allow: readonly string[], deny: readonly string[]) => {
      await setProxy({ ...rig.provider, number, allow, deny });
      return (await curl(url)).code;
    };
    expect(await places(["www.example"], [])).toBe(403);
    expect(await places([`127.0.0.1:${port}`], [])).toBe(200);
    expect(await places([], ["127.0.0.0/8"])).toBe(403);
    const row = (await listTable(rig.provider)).find((one) => one.number === number);
    expect(row).toMatchObject({ proxy: "limited" });
    expect(await places([], [])).toBe(200);
    await expect(places(["a b"], [])).rejects.toMatchObject({ code: "settings-invalid" });
    await setProxy({ ...rig.provider, number, isAllowed: false });
    await expect(places(["www.example"], [])).rejects.toMatchObject({ code: "value-invalid" });
  });

  it("is not let through by the password that its person logs in with", async () => {
    const as = `${number}/${user}:${password}`;
    expect((await curl(`http://127.0.0.1:${port}/`, { as })).code).toBe(407);
  });

  it("is refused at once when its app password is taken away", async () => {
    const cookie = await rig.logIn();
    const made = await rig.ask("/account/apps", { headers: { cookie }, json: { label: "lost laptop" } });
    const { password: lost } = JSON.parse(made.text);
    const as = `${number}/${user}:${lost}`;
    expect((await curl(`http://127.0.0.1:${port}/`, { as })).code).toBe(200);
    const account = JSON.parse((await rig.ask("/account", { headers: { cookie, accept: "application/json" } })).text);
    const { id } = account.apps.find(({ label }: { label: string }) => label === "lost laptop");
    await rig.ask("/account/apps/remove", { headers: { cookie }, json: { id } });
    expect((await curl(`http://127.0.0.1:${port}/`, { as })).code).toBe(407);
  });

  it("is slowed down when it guesses", async () => {
    const as = `guessed-1/${user}:wrong`;
    const codes: number[] = [];
    // Each wait is twice the one before: a slow machine only comes to it later.
    while (!codes.includes(429) && codes.length < 15)
      codes.push((await curl(`http://127.0.0.1:${port}/`, { as })).code);
    expect(codes.slice(0, 5)).toEqual([407, 407, 407, 407, 407]);
    expect(codes).toContain(429);
  });

  it("finds the proxy by a file at the bare host, and at no home's origin", async () => {
    const { status, headers, text } = await rig.ask("/proxy.pac", { name: bareHost });
    expect([status, headers["content-type"]]).toEqual([200, "application/x-ns-proxy-autoconfig"]);
    expect(text).toContain(`return "HTTPS ${bareHost}:${rig.proxyPort}"`);
    expect((await rig.ask("/proxy.pac", { name: bareHost, method: "POST" })).status).toBe(405);
    expect((await rig.ask("/proxy.pac")).status).toBe(401);
  });
});
