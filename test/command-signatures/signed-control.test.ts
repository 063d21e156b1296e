import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { namesToSign } from "../../gateway-core/command-signatures/judge-signature.ts";
import { openRegisteredKeys } from "../../gateway-core/command-signatures/registered-keys.ts";
import { createSignedControl } from "../../gateway-core/command-signatures/signed-control.ts";
import type { Command, CommandRequest, CommandResult } from "../../gateway-core/contract/messages.ts";
import { canonicalJson, signedText } from "../../gateway-core/contract/signed-command.ts";
import { FakeControl } from "../fakes/fake-control.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { makeSigner } from "./signer.ts";

const home = "090-1234-5678";
const open: CommandRequest = { kind: "action", name: "open", value: null };
const phone = makeSigner();
const folder = mkdtempSync(join(tmpdir(), "genkan-signed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasSsh = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!hasSsh) console.warn("ssh-keygen is not here: commands signed by it are not tried (install openssh-client)");

let host: FakeHost;
let control: FakeControl;
beforeEach(() => {
  host = fakeHost();
  control = new FakeControl();
  openRegisteredKeys(host).add(phone.jwk, "phone");
});

const guarded = (rules = ["front-door/open", "*/lockState"], inner = control, of = host) =>
  createSignedControl({ host: of, control: inner, rules, keys: openRegisteredKeys(of), home: () => home });
const command = (more: Partial<Command> = {}) => ({
  id: host.ids.fresh(),
  device: "front-door",
  request: open,
  expires: host.clock.now() + 60_000,
  ...more,
});
const codeOf = async (result: Promise<CommandResult>): Promise<unknown> => {
  const told = await result;
  return told.ok ? "done" : (told.error["reason"] ?? told.error.code);
};

describe("The text that is signed", () => {
  it("is canonical JSON: one text for one command, whatever the order of members", () => {
    const value = { b: [1, { d: 2.5, c: "é\n" }], a: 1e21, "€": true, "": null };
    expect(canonicalJson(value)).toBe('{"":null,"a":1e+21,"b":[1,{"c":"é\\n","d":2.5}],"€":true}');
    const request = { kind: "set", value: { y: 1, x: 2 } } as const;
    expect(signedText({ home, device: "d", request, id: "1", expires: 0 })).toBe(
      '{"device":"d","expires":"1970-01-01T00:00:00.000Z","home":"090-1234-5678","id":"1","kind":"set","use":"genkan-command","value":{"x":2,"y":1}}',
    );
  });
});

describe("A rule", () => {
  it.each<[string, string, CommandRequest, readonly string[]]>([
    ["names an action of a device", "front-door", open, ["open"]],
    ["of another device says nothing", "back-door", open, []],
    ["with * is for any device", "x", { kind: "property", name: "lockState", value: 1 }, ["lockState"]],
    ["finds its property among many", "x", { kind: "set", value: { on: true, lockState: 1 } }, ["lockState"]],
    ["says nothing about other properties", "x", { kind: "set", value: { on: true } }, []],
  ])("%s", (_what, device, request, names) => {
    expect(namesToSign(["front-door/open", "*/lockState"], device, request)).toEqual(names);
  });
  it("may be for all that a device does", () => {
    expect(namesToSign(["safe/*"], "safe", { kind: "property", name: "on", value: true })).toEqual(["on"]);
    expect(namesToSign(["*/*"], "x", open)).toEqual(["open"]);
  });
});

describe("What a home demands a signature for", () => {
  it("is done with one by a key that is registered, P-256 or Ed25519", async () => {
    const other = makeSigner("ed25519");
    openRegisteredKeys(host).add(`${other.line} laptop`);
    for (const signer of [phone, other])
      expect(await codeOf(guarded().execute(signer.sign(command(), home)))).toBe("done");
    expect(control.asked).toHaveLength(2);
  });

  it("is not done without one, whatever else the command says; other things are", async () => {
    expect(await codeOf(guarded().execute(command()))).toBe("signature-required");
    expect(await codeOf(guarded().execute({ id: "1", device: "front-door", request: open }))).toBe(
      "signature-required",
    );
    const light = { kind: "property", name: "power", value: true } as const;
    expect(await codeOf(guarded().execute(command({ request: light })))).toBe("done");
    expect(await codeOf(guarded().execute(phone.sign(command({ request: light }), home)))).toBe("done");
    expect(control.asked).toHaveLength(2);
    for (const asked of control.asked) expect(asked).not.toHaveProperty("signature");
    expect(host.log.events()).toEqual(["command-not-signed", "command-not-signed"]);
  });

  it("is not done when anything of the command was altered", async () => {
    const signed = phone.sign(command({ request: { kind: "property", name: "lockState", value: "locked" } }), home);
    const alterations: Partial<Command>[] = [
      { request: { kind: "property", name: "lockState", value: "unlocked" } },
      { request: { kind: "set", value: { lockState: "locked" } } },
      { device: "back-door" },
      { id: "another" },
      { expires: signed.expires === undefined ? 0 : signed.expires + 1 },
      { signature: signed.signature.replace(/.$/, (last) => (last === "A" ? "B" : "A")).replace(/..$/, "zz") },
      { signature: signed.signature.replace(phone.fingerprint, makeSigner().fingerprint) },
      { signature: "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----" },
    ];
    for (const altered of alterations)
      expect(await codeOf(guarded().execute({ ...signed, ...altered })), JSON.stringify(altered)).toBe("wrong");
    expect(control.asked).toEqual([]);
    expect(await codeOf(guarded().execute(signed))).toBe("done");
  });

  it("is not done by a key that is not registered, no longer registered, or signed for another home", async () => {
    expect(await codeOf(guarded().execute(makeSigner().sign(command(), home)))).toBe("wrong");
    expect(await codeOf(guarded().execute(phone.sign(command(), "neighbour")))).toBe("wrong");
    openRegisteredKeys(host).remove(phone.fingerprint);
    expect(await codeOf(guarded().execute(phone.sign(command(), home)))).toBe("wrong");
    expect(control.asked).toEqual([]);
  });

  it("is bound in time: it says when it ends, not far off, and is not done later", async () => {
    const { expires: _, ...unbounded } = command();
    const soon = phone.sign(command(), home);
    expect(await codeOf(guarded().execute({ ...unbounded, signature: soon.signature }))).toBe("unbounded");
    const far = command({ expires: host.clock.now() + 5 * 60_000 + 1 });
    expect(await codeOf(guarded().execute(phone.sign({ ...far, expires: far.expires ?? 0 }, home)))).toBe("too-long");
    await host.clock.advance(60_001);
    expect(await codeOf(guarded().execute(soon))).toBe("expired");
    expect(control.asked).toEqual([]);
  });

  it("is done once: whoever repeats it hears the same result again", async () => {
    const signed = phone.sign(command(), home);
    const one = guarded();
    const told: CommandResult[] = [];
    one.onResult((result) => told.push(result));
    for (let n = 0; n < 3; n++) expect(await codeOf(one.execute(signed))).toBe("done");
    expect(control.asked).toHaveLength(1);
    expect(told.map(({ id }) => id)).toEqual([signed.id, signed.id]);
  });

  it("is done once even over a restart and after a flood of other commands", async () => {
    const signed = phone.sign(command(), home);
    expect(await codeOf(guarded().execute(signed))).toBe("done");
    // A new process: only what is on disk is left.
    const after = guarded();
    for (let n = 0; n < 50; n++) await after.execute(command({ device: "light", id: `junk-${n}` }));
    expect(await codeOf(after.execute(signed))).toBe("replayed");
    expect(control.asked.filter(({ device }) => device === "front-door")).toHaveLength(1);
  });

  it("is not done while as many signed commands as can be remembered are under way", async () => {
    const until = host.clock.now() + 60_000;
    host.memory.write("signed-commands", Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`n${n}`, until])));
    expect(await codeOf(guarded().execute(phone.sign(command(), home)))).toBe("too-many-attempts");
    await host.clock.advance(60_001);
    expect(await codeOf(guarded().execute(phone.sign(command(), home)))).toBe("done");
    expect(Object.keys(host.memory.read("signed-commands") ?? {})).toHaveLength(1);
  });

  it.skipIf(!hasSsh)("may be signed by ssh-keygen itself, and only for this purpose", async () => {
    for (const [type, bits] of [
      ["ed25519", "256"],
      ["ecdsa", "256"],
    ] as const) {
      const file = join(folder, type);
      spawnSync("ssh-keygen", ["-q", "-t", type, "-b", bits, "-N", "", "-C", "hanako@phone", "-f", file]);
      expect(openRegisteredKeys(host).add(readFileSync(`${file}.pub`, "utf8")).label).toBe("hanako@phone");
      const plain = command();
      const input = signedText({ home, ...plain });
      const signBy = (namespace: string): string =>
        spawnSync("ssh-keygen", ["-Y", "sign", "-q", "-n", namespace, "-f", file], { input, encoding: "utf8" }).stdout;
      // What a broker asks to sign at a login is of another namespace.
      expect(await codeOf(guarded().execute({ ...plain, signature: signBy("genkan") }))).toBe("wrong");
      expect(await codeOf(guarded().execute({ ...plain, signature: signBy("genkan-command") }))).toBe("done");
    }
  });
});

describe("Registered keys", () => {
  it("are lines of authorized_keys or JWKs, each once, with a label", () => {
    const keys = openRegisteredKeys(host);
    expect(keys.add(`${phone.line} my\u0007 phone`)).toMatchObject({
      fingerprint: phone.fingerprint,
      label: "my phone",
    });
    expect(keys.list().map(({ label, addedAt }) => [label, addedAt])).toEqual([["my phone", host.clock.now()]]);
    expect(keys.remove(phone.fingerprint)).toBe(true);
    expect(keys.remove(phone.fingerprint)).toBe(false);
    expect(keys.list()).toEqual([]);
  });

  it.each([
    ["a private JWK", JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "a", d: "b" })],
    ["a JWK of another curve", JSON.stringify({ kty: "EC", crv: "P-384", x: "a", y: "b" })],
    ["a JWK with a short coordinate", JSON.stringify({ kty: "EC", crv: "P-256", x: "a", y: "b" })],
    ["a point beside the curve", JSON.stringify({ kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) })],
    ["no JSON", "{"],
    ["a list", "{}["],
    ["nothing", ""],
  ])("are not %s", (_what, text) => {
    expect(() => openRegisteredKeys(host).add(text)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });

  it("are 64 at most, and what cannot be read is said", () => {
    const keys = openRegisteredKeys(host);
    for (let n = 1; n < 64; n++) keys.add(makeSigner("ed25519").line);
    expect(() => keys.add(makeSigner().line)).toThrow(expect.objectContaining({ code: "value-invalid" }));
    keys.add(phone.line, "again");
    host.memory.write("command-keys", [{ line: 1 }]);
    expect(() => keys.list()).toThrow(expect.objectContaining({ code: "internal" }));
  });
});
