/** The three ways to register a gateway, and the page for it, at a real access broker: by the provider beforehand, by a medium, by the user. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { issueCard, subscribe } from "../../access-broker/access-broker.ts";
import { type Access, openAccess } from "../../gateway-core/access-link/access.ts";
import { type CardPlaces, createCardWatch, readCardTrouble } from "../../gateway-core/access-link/card-watch.ts";
import { enrol, parseCard } from "../../gateway-core/access-link/enrol.ts";
import { readRegistration } from "../../gateway-core/access-link/registration.ts";
import { openRegisteredKeys } from "../../gateway-core/command-signatures/registered-keys.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { createSetupHandler } from "../../gateway-core/page/setup-handler.ts";
import { createSetup } from "../../gateway-core/setup.ts";
import { systemClock } from "../../host/system-host.ts";
import { makeSigner } from "../command-signatures/signer.ts";
import { number, openRig, password, type Rig, realHost, type TestHost, user } from "./rig.ts";

const neighbour = "090-8765-4321";
const patience = { timeout: 15_000 };
let rig: Rig;
let folder: string;
let host: TestHost;
let opened: AsyncDisposableStack;
beforeAll(async () => {
  rig = await openRig();
  await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
});
afterAll(async () => rig?.[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-cards-"));
  opened = new AsyncDisposableStack();
  // A gateway that looks often.
  const after: typeof systemClock.after = (ms, action) => systemClock.after(ms === 5_000 ? 50 : ms, action);
  host = { ...realHost(), clock: { now: systemClock.now, after } };
});
afterEach(async () => {
  await opened.disposeAsync();
  rmSync(folder, { recursive: true });
});

const cardText = async (of = number): Promise<string> =>
  JSON.stringify(await issueCard({ ...rig.provider, number: of }));
const gatewayAt = (cards: Partial<CardPlaces>, isEnabled = true): Access =>
  opened.use(
    openAccess({
      ...{ host, isEnabled, cards: { file: undefined, folders: [], ...cards } },
      gateway: { model: "test", version: "1.0.0" },
      handlerAt: () => async () => new Response("page"),
      parse: () => {
        throw new Error("nobody answers here");
      },
      onDescriptor: () => undefined,
      onCommand: () => undefined,
    }),
  );
const untilOnline = (access: Access) => vi.waitFor(() => expect(access.state).toBe("online"), patience);

describe("A card that a provider left beforehand", () => {
  it("registers the gateway at its first start, and lies around no longer", async () => {
    const file = join(folder, "card.json");
    writeFileSync(file, await cardText());
    await untilOnline(gatewayAt({ file }));
    expect(readdirSync(folder)).toEqual([]);
    expect(host.log.lines).toContainEqual({
      level: "info",
      event: "enrolled-by-card",
      facts: { file, number, broker: readRegistration(host.memory)?.broker },
    });
  });

  it("that is worth nothing is put aside and told, once and to whoever asks later", async () => {
    const file = join(folder, "card.json");
    const text = await cardText();
    await enrol(parseCard(text), realHost());
    writeFileSync(file, text);
    const access = gatewayAt({ file });
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual(["card.json.refused"]), patience);
    expect(host.log.events("warn")).toEqual(["card-refused"]);
    expect(access.state).toBe("not-enrolled");
  });

  it("is tried again while the broker cannot be reached, and kept until then", async () => {
    const file = join(folder, "card.json");
    const card = await issueCard({ ...rig.provider, number });
    writeFileSync(file, JSON.stringify({ ...card, broker: "https://localhost:1" }));
    const access = gatewayAt({ file });
    await vi.waitFor(() => expect(access.trouble).toBe("home-away"), patience);
    expect(readCardTrouble(host.memory)).toEqual({ file, code: "home-away" });
    writeFileSync(file, JSON.stringify(card));
    await untilOnline(access);
    expect(readCardTrouble(host.memory)).toBeUndefined();
    expect(host.log.events("warn")).toEqual(["card-refused"]);
  });
});

describe("A card on a medium", () => {
  it("registers a gateway that runs, when the medium is put in", async () => {
    const states: string[] = [];
    const access = gatewayAt({ folders: [folder, "/nowhere"] });
    access.onState(() => states.push(access.state));
    expect(access.state).toBe("not-enrolled");
    mkdirSync(join(folder, "hanako", "STICK"), { recursive: true });
    writeFileSync(join(folder, "hanako", "STICK", "genkan-card.json"), await cardText());
    await untilOnline(access);
    expect(states.at(-1)).toBe("online");
    // What lies on a person's medium is theirs.
    expect(readdirSync(join(folder, "hanako", "STICK"))).toEqual(["genkan-card.json"]);
  });

  it("replaces no registration, and is not looked at where nobody wants a link", async () => {
    const before = await enrol(parseCard(await cardText()), host);
    writeFileSync(join(folder, "genkan-card.json"), await cardText(neighbour));
    await untilOnline(gatewayAt({ folders: [folder] }));
    expect(readRegistration(host.memory)).toEqual(before);
    host = realHost();
    const other = gatewayAt({ folders: [folder] }, false);
    await createCardWatch(host, { file: undefined, folders: [] }).look();
    expect(other.state).toBe("not-enrolled");
    // Nobody has used it yet.
    expect((await enrol(parseCard(await cardText(neighbour)), realHost())).number).toBe(neighbour);
  });

  it("is a plain, small file: no link to elsewhere, nothing long, nothing deep", async () => {
    const elsewhere = join(folder, "elsewhere.json");
    writeFileSync(elsewhere, await cardText());
    const media = join(folder, "media");
    mkdirSync(join(media, "a", "b", "c"), { recursive: true });
    symlinkSync(elsewhere, join(media, "genkan-card.json"));
    writeFileSync(join(media, "a", "genkan-card.json"), " ".repeat(9_000) + (await cardText()));
    writeFileSync(join(media, "a", "b", "c", "genkan-card.json"), await cardText());
    const watch = createCardWatch(host, { file: undefined, folders: [media] });
    expect(await watch.look()).toBe(false);
    writeFileSync(join(media, "a", "b", "genkan-card.json"), "{");
    expect(await watch.look()).toBe(true);
    expect(watch.trouble?.code).toBe("card-invalid");
    expect(await watch.look()).toBe(false);
    expect(host.log.events()).toEqual(["card-refused"]);
    expect(readRegistration(host.memory)).toBeUndefined();
  });
});

describe("A registration that comes from elsewhere", () => {
  it("is taken up while the gateway runs, and a new one ends the older one's link", async () => {
    const access = gatewayAt({});
    await enrol(parseCard(await cardText()), host);
    await untilOnline(access);
    expect(access.home).toContain(number);
    await enrol(parseCard(await cardText(neighbour)), host);
    await vi.waitFor(
      () => expect([access.home, access.state]).toEqual([expect.stringContaining(neighbour), "online"]),
      patience,
    );
    const cookie = await rig.logIn();
    expect((await rig.ask("/api/home", { headers: { cookie } })).status).toBe(503);
  });
});

describe("The page for it", () => {
  const local: Viewer = { name: "local", from: "local", session: "192.168.1.7", grant: wholeGrant };
  const origin = "http://192.168.1.2:8080";
  function openSetup(access?: Access) {
    const setup = createSetup({ host, keys: openRegisteredKeys(host), access: () => access });
    const inner = async (): Promise<Response> => new Response("the home", { status: 404 });
    const handler = createSetupHandler({ setup, handler: inner, assets: "/nowhere", host });
    const ask = (path: string, init: RequestInit = {}, viewer = local) =>
      handler(new Request(`${origin}${path}`, init), viewer);
    const text = async (path: string, language = "en"): Promise<string> =>
      (await ask(path, { headers: { "accept-language": language } })).text();
    const tokenOf = async (path: string): Promise<string> =>
      /name="token" value="([^"]+)"/.exec(await text(path))?.[1] ?? "";
    /** Where a form leads. */
    const post = async (path: string, fields: Record<string, string | Blob>, headers: Record<string, string> = {}) => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ token: await tokenOf(path), ...fields })) body.append(name, value);
      return (await ask(path, { method: "POST", body, headers })).headers.get("location");
    };
    return { ask, text, post };
  }

  it("registers by a pasted card and by its file, and replaces nothing unasked", async () => {
    const access = gatewayAt({});
    const { text, post } = openSetup(access);
    expect(await text("/setup")).toContain("not registered");
    expect(await text("/setup", "ja")).toContain("未登録");
    expect(await post("/setup", { card: `  ${await cardText()}\n` })).toBe("setup?result=registered");
    await untilOnline(access);
    expect(await text("/setup?result=registered")).toMatch(
      /comes up within seconds[\s\S]*090-1234-5678[\s\S]*link to the access broker stands/,
    );
    const before = readRegistration(host.memory);
    const file = new File([await cardText(neighbour)], "card.json");
    expect(await post("/setup", { card: "", file })).toBe("setup?result=already-enrolled");
    expect(readRegistration(host.memory)).toEqual(before);
    expect(await post("/setup", { card: "", file, replace: "yes" })).toBe("setup?result=registered");
    expect(readRegistration(host.memory)?.number).toBe(neighbour);
  });

  it("tells what is wrong with a card, in words of both languages", async () => {
    const { text, post } = openSetup();
    const card = await issueCard({ ...rig.provider, number });
    expect(await post("/setup", { card: "no card" })).toBe("setup?result=card-invalid");
    expect(await post("/setup", { card: JSON.stringify({ ...card, caSha256: "0".repeat(64) }) })).toBe(
      "setup?result=not-registered-broker",
    );
    expect(await post("/setup", { card: JSON.stringify({ ...card, expires: "2020-01-01T00:00:00Z" }) })).toBe(
      "setup?result=card-expired",
    );
    expect(await text("/setup?result=card-expired", "ja")).toContain("期限が切れています");
    expect(await text("/setup?result=%3Cscript%3E")).not.toContain("<script>");
    expect(readRegistration(host.memory)).toBeUndefined();
  });

  it("takes a form only from itself: with its token, from its origin, of a bearable size", async () => {
    const { ask, post } = openSetup();
    const card = await cardText();
    expect(await post("/setup", { card, token: "x" })).toBe("setup?result=form-token-invalid");
    expect(await post("/setup", { card }, { origin: "http://evil.example" })).toBe("setup?result=origin-not-allowed");
    expect(await post("/setup", { card }, { "sec-fetch-site": "cross-site" })).toBe("setup?result=origin-not-allowed");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const large = await ask("/setup", { method: "POST", body: `card=${"x".repeat(70_000)}`, headers: form });
    expect(large.headers.get("location")).toBe("setup?result=body-too-large");
    const headers = { "content-type": "text/plain" };
    const plain = await ask("/setup", { method: "POST", body: card, headers });
    expect(plain.headers.get("location")).toBe("setup?result=unsupported-media-type");
    expect((await ask("/setup", { method: "DELETE" })).status).toBe(405);
    expect(readRegistration(host.memory)).toBeUndefined();
  });

  it("is not there for whoever comes from outside", async () => {
    const { ask } = openSetup();
    for (const path of ["/setup", "/setup/keys"])
      expect((await ask(path, {}, { ...local, from: "remote" })).status).toBe(404);
    expect((await ask("/")).status).toBe(404);
  });

  it("registers and removes keys for what needs a signature", async () => {
    const { text, post } = openSetup();
    const phone = makeSigner();
    expect(await post("/setup/keys", { key: phone.line, label: "<b>phone" })).toBe("keys?result=key-added");
    expect(await text("/setup/keys")).toContain("&lt;b&gt;phone");
    expect(openRegisteredKeys(host).list()).toHaveLength(1);
    expect(await post("/setup/keys", { key: "ssh-rsa AAAA" })).toBe("keys?result=value-invalid");
    expect(await post("/setup/keys", { remove: phone.fingerprint })).toBe("keys?result=key-removed");
    expect(await text("/setup/keys", "ja")).toContain("鍵は登録されていません");
  });
});
