import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseAccessBrokerSettings, setRequirement } from "../../access-broker/access-broker.ts";
import { openAuthority } from "../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../access-broker/authority/server-certificates.ts";
import { callerOf } from "../../access-broker/internet/caller-number.ts";
import { systemClock } from "../../host/system-host.ts";
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

const peer = "127.0.0.9";
const network = { listen: "127.0.0.1", port: 0, header: "x-calling-number", peers: [`${peer}/32`] };
const mother = "+81-3-1234-5678";
const form = { user, password };

describe("A caller number", () => {
  let rig: Rig;
  afterEach(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  const open = async (requirement: string, more: object = {}): Promise<void> => {
    rig = await openRig(undefined, { callers: { ...network, ...more } });
    await setRequirement({ ...rig.provider, number, requirement });
  };
  /** As the access network hands on a request of who calls with this number; null: withheld. */
  const call = (told: string | null, path: string, ask: Ask = {}): Promise<Answer> =>
    rig.ask(path, {
      ...{ port: rig.callersPort, from: peer },
      ...ask,
      headers: { ...(told === null ? {} : { [network.header]: told }), ...ask.headers },
    });

  it("that a home names lets its person in together with their password, and no other number does", async () => {
    await open("password@tel:+81312345678");
    const answer = await call(mother, "/login", { form });
    expect(answer.status).toBe(303);
    expect(codeOf(await call("+81312345679", "/login", { form }))).toBe("login-refused");
    const entries = await rig.audit();
    expect(entries.find(({ event }) => event === "login")?.source).toBe("tel:+81312345678");
  });

  it("that is withheld lets nobody in: no one's guesses slow down another who withholds theirs", async () => {
    await open("password");
    for (let n = 0; n < 7; n++) {
      const guess = { form: { user, password: "wrong wrong wrong" } };
      expect(codeOf(await call(null, "/login", guess))).toBe("caller-withheld");
    }
    const words = await call(null, "/login", { headers: { accept: "text/html", "accept-language": "en" } });
    expect([words.status, words.text.includes("Your number is not shown")]).toEqual([403, true]);
    const bare = await call(null, "/", { name: bareHost });
    expect(codeOf(bare)).toBe("caller-withheld");
    expect((await call(mother, "/login", { form })).status).toBe(303);
    expect((await rig.ask("/login", { form })).status).toBe(303);
    expect(await rig.audit()).toContainEqual(
      expect.objectContaining({ event: "request-refused", source: "tel:anonymous" }),
    );
  });

  it("is named by the home's owner on their own page, only beside a login or for looking, and keeps nobody out by mistake", async () => {
    await open("password");
    const cookie = cookiesOf(await call(mother, "/login", { form }));
    const at = (ask: Ask = {}) => call(mother, "/account/ways", { ...ask, headers: { cookie, ...ask.headers } });
    const read = async () => JSON.parse((await at()).text);
    const html = { accept: "text/html", "accept-language": "en" };
    expect((await at({ headers: html })).text).toContain("Only from these telephone numbers");
    const wish = { methods: "password|passkey|key", callers: "+81 3-1234-5678, ０３１１１", networks: "192.0.2.0/24" };
    expect((await at({ form: { ...wish, "look-callers": "117" } })).status).toBe(303);
    const requirement = ["password", "passkey", "key"].map((one) => `${one}@192.0.2.0/24,tel:+81312345678,tel:03111`);
    expect(await read()).toEqual({
      requirement: [...requirement, "view:@tel:117"].join("|"),
      parts: {
        methods: "password|passkey|key",
        ...{ from: ["192.0.2.0/24", "tel:+81312345678", "tel:03111"], look: ["tel:117"] },
      },
    });
    expect((await at({ headers: html })).text).toContain('value="+81312345678, 03111"');
    expect((await call("117", "/login", { form: { user, way: "look" } })).status).toBe(303);
    expect(codeOf(await call("118", "/login", { form }))).toBe("login-refused");
    // The law of the command line: a number alone opens nothing but looking.
    for (const bad of [
      { methods: "" },
      { methods: "view:" },
      { ...wish, callers: "anonymous" },
      { methods: "magic" },
    ]) {
      expect(codeOf(await at({ form: bad })), JSON.stringify(bad)).toBe("value-invalid");
    }
    const outside = await at({ form: { methods: "password", callers: "0312345679" }, headers: html });
    expect([outside.status, outside.text.includes("no longer come in yourself")]).toEqual([422, true]);
    expect((await read()).requirement).toContain("view:@tel:117");
    expect((await at({ json: { requirement: "password|view:@192.0.2.0/24" } })).status).toBe(303);
    expect(await read()).toMatchObject({ requirement: "password|view:@192.0.2.0/24" });
    expect((await rig.audit()).filter(({ event }) => event === "requirement-set").map((one) => one.user)).toContain(
      user,
    );
  });

  it("is nobody's word at the public door: neither from the world nor from the network's own address", async () => {
    await open("password@tel:+81312345678|view:@tel:+81312345678");
    for (const from of ["127.0.0.1", peer]) {
      const told = { headers: { [network.header]: mother }, from };
      expect(codeOf(await rig.ask("/login", { form, ...told })), from).toBe("login-refused");
      expect(codeOf(await rig.ask("/login", { form: { user, way: "look" }, ...told })), from).toBe("login-refused");
    }
    // A session that was begun by the number opens nothing from elsewhere, whatever the request says.
    const cookie = cookiesOf(await call(mother, "/login", { form: { user, way: "look" } }));
    const told = { headers: { cookie, [network.header]: mother } };
    expect(codeOf(await rig.ask("/api/home", told))).toBe("second-factor-required");
  });

  it("alone lets look and touch nothing", async () => {
    await open("password|view:@tel:+81312345678");
    await using _home = await rig.join(async () => Response.json({ devices: [] }));
    const cookie = cookiesOf(await call(mother, "/login", { form: { user, way: "look" } }));
    expect((await call(mother, "/api/home", { headers: { cookie } })).status).toBe(200);
    const change = { method: "PUT", json: true, headers: { cookie } };
    expect(codeOf(await call(mother, "/api/devices/lamp/properties/power", change))).toBe("view-only");
    expect(codeOf(await call("+81312345679", "/api/home", { headers: { cookie } }))).toBe("second-factor-required");
  });

  it("goes no further than the access broker, whoever wrote it", async () => {
    await open("password");
    await using _home = await rig.join(async ({ headers }) => Response.json(Object.fromEntries(headers)));
    const cookie = await rig.logIn();
    const told = { headers: { cookie, [network.header]: mother, "x-other": "1" } };
    for (const answer of [await rig.ask("/api/home", told), await call(mother, "/api/home", told)]) {
      expect(JSON.parse(answer.text)).toMatchObject({ "x-other": "1" });
      expect(answer.text).not.toContain(network.header);
    }
  });

  it("is taken from the network's servers alone: nobody else is shaken hands with", async () => {
    await open("password");
    await expect(call(mother, "/login", { from: "127.0.0.8" })).rejects.toThrow(/socket|ECONNRESET/);
    expect((await call(mother, "/login")).status).toBe(200);
  });

  it("needs the certificate of the network's server, where one is set", async () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-callers-"));
    try {
      const { servers } = await openAuthority(folder, "operator.example", Date.now());
      const made = await createServerCertificates({ maker: servers, host: "operator.example", clock: systemClock });
      const [pair, stranger] = [await made.pairFor("operator.example"), await made.pairFor("x.operator.example")];
      await open("password", { certificates: [new X509Certificate(pair.cert).fingerprint256] });
      expect((await call(mother, "/login", { pair })).status).toBe(200);
      await expect(call(mother, "/login")).rejects.toThrow(/socket|ECONNRESET/);
      await expect(call(mother, "/login", { pair: stranger })).rejects.toThrow(/socket|ECONNRESET/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("stands only beside a method or for looking, and is written as a network's number is", async () => {
    await open("password");
    const set = (requirement: string) => setRequirement({ ...rig.provider, number, requirement });
    for (const requirement of ["@tel:+81312345678", "password@tel:", "password@tel:+81-3-1234", "tel:+81312345678"]) {
      await expect(set(requirement), requirement).rejects.toMatchObject({ code: "value-invalid" });
    }
    await set("passkey@192.0.2.0/24,tel:+81312345678|view:@tel:117");
  });
});

describe("What an access network says of who calls", () => {
  const network = { isPeer: (address: string) => address === peer, certificates: [] };
  const from = (remoteAddress: string) => {
    const incoming = new IncomingMessage(new Socket());
    Object.defineProperty(incoming.socket, "remoteAddress", { value: remoteAddress });
    return incoming;
  };

  it.each([
    ["+81-3-1234-5678", "tel:+81312345678"],
    ["(03) 1234.5678", "tel:0312345678"],
    ["117", "tel:117"],
    [null, "tel:anonymous"],
    ["", "tel:anonymous"],
    ["anonymous", "tel:anonymous"],
    ["+81312345678, +81312345678", "tel:anonymous"],
    ["tel:+81312345678", "tel:anonymous"],
    ["+8131234567812345", "tel:anonymous"],
    ["12", "tel:anonymous"],
    ["٠٣١٢٣٤", "tel:anonymous"],
  ])("%j is read as %s", (told, source) => {
    expect(callerOf(network, told, from(peer))).toBe(source);
  });

  it("is not read at all of anybody else", () => {
    expect(() => callerOf(network, mother, from("127.0.0.8"))).toThrow(
      expect.objectContaining({ code: "host-not-allowed" }),
    );
  });
});

describe("The listener of an access network", () => {
  it.each([
    [{ ...network, peers: [] }],
    [{ ...network, header: "X-Number" }],
    [{ ...network, listen: "somewhere" }],
    [{ ...network, certificates: ["ab"] }],
    [{ listen: "127.0.0.1", port: 0 }],
  ])("is not opened by %j", (callers) => {
    expect(() => parseAccessBrokerSettings({ callers })).toThrow(expect.objectContaining({ code: "settings-invalid" }));
  });

  it("is not opened for a network that is none", async () => {
    await expect(openRig(undefined, { callers: { ...network, peers: ["0.0.0.0/0"] } })).rejects.toMatchObject({
      code: "settings-invalid",
      details: { key: "accessBroker.callers.peers" },
    });
  });
});
