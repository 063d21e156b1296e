import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { openLearnedDescriptors } from "../../gateway-core/access-link/learned-descriptors.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { type ProviderKey, providerKey } from "../fakes/provider-key.ts";
import { lampKey, shippedLamp } from "../fakes/shipped-descriptor.ts";

const gateway = { id: "g", model: "home-gateway", version: "0.1.0" };
const provider = providerKey();
const host = () => ({ memory: new FakeMemory(), log: new FakeLog() });
const open = (on = host(), { descriptorKey }: Pick<ProviderKey, "descriptorKey"> = provider, as = gateway) =>
  openLearnedDescriptors({ host: on, descriptorKey, gateway: as, parse: parseDescriptor });

const lamp = JSON.parse(JSON.stringify(shippedLamp())) as JsonObject;
const version = shippedLamp().version.model;
const statement = { v: 1, type: "echonet:0290", version, sequence: 7, descriptor: lamp };
const signed = (change: object = {}, by = provider) => by.signed({ ...statement, ...change });
/** With another version, inside and out. */
const ofVersion = (model: string, sequence: number) =>
  signed({ version: model, sequence, descriptor: { ...lamp, version: { model } } });

const refusal = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    if (!(thrown instanceof HomeError)) return String(thrown);
    return [thrown.code, thrown.details["reason"]].filter(Boolean).join(" ");
  }
};

describe("What the provider answers about a device", () => {
  it("is learned when the provider's key signed it", () => {
    const learned = open();
    expect(learned.accept(signed(), lampKey)).toMatchObject({ type: "descriptor", descriptor: { "gk:kind": "light" } });
    expect(learned.list().map((one) => one["gk:type"])).toEqual(["echonet:0290"]);
    expect(learned.bestFor(lampKey)).toEqual({ type: "echonet:0290", sequence: 7 });
  });

  it.each([
    ["is signed by another key", () => signed({}, providerKey())],
    [
      "is signed for another purpose",
      () => {
        const { statement: text } = signed();
        return { statement: text, signature: provider.sign(text) };
      },
    ],
    [
      "was changed by one letter after",
      () => {
        const { statement: text, signature } = signed();
        return { statement: text.replace('"sequence":7', '"sequence":8'), signature };
      },
    ],
    [
      "holds what UTF-8 cannot carry",
      () => {
        const text = `${signed().statement.slice(0, -1)},"x":"\ud800"}`;
        return { statement: text, signature: provider.sign(`genkan-descriptor/1\n${text}`) };
      },
    ],
    ["has a signature of zeros", () => ({ ...signed(), signature: "A".repeat(86) })],
  ])("is refused before it is read when it %s", (_what, make) => {
    const read: unknown[] = [];
    const learned = openLearnedDescriptors({
      host: host(),
      descriptorKey: provider.descriptorKey,
      gateway,
      parse: (candidate) => {
        read.push(candidate);
        return parseDescriptor(candidate);
      },
    });
    const made = make();
    expect(refusal(() => learned.accept(made, lampKey))).toBe("descriptor-untrusted signature");
    expect(read).toEqual([]);
    expect(learned.list()).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["nested without end", "[".repeat(200_000)],
    ["a list", "[]"],
    ["of a later form", JSON.stringify({ ...statement, v: 2 })],
    ["without a sequence", JSON.stringify({ ...statement, sequence: -1 })],
    ["of a sequence that no number holds", JSON.stringify({ ...statement, sequence: 2 ** 60 })],
    ["for gateways of no known form", JSON.stringify({ ...statement, gateways: { colour: "red" } })],
    ["a descriptor without its properties", JSON.stringify({ ...statement, descriptor: { ...lamp, properties: 1 } })],
    ["of another type inside", JSON.stringify({ ...statement, type: "echonet:0130" })],
    ["of another version inside", JSON.stringify({ ...statement, version: "9.9.9" })],
    [
      "a descriptor that nests too deep",
      `{"v":1,"type":"a","version":"1.0.0","sequence":1,"descriptor":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
    ],
  ])("is refused as a descriptor, though signed, when it is %s", (_what, text) => {
    const learned = open();
    const signature = provider.sign(`genkan-descriptor/1\n${text}`);
    expect(refusal(() => learned.accept({ statement: text, signature }, lampKey))).toBe("descriptor-invalid");
    expect(learned.list()).toEqual([]);
  });

  it("is refused when it is older than what was learned, and nothing new when it is the same", () => {
    const learned = open();
    learned.accept(ofVersion("1.1.0", 8), lampKey);
    expect(learned.accept(ofVersion("1.1.0", 8), lampKey)).toBeUndefined();
    for (const old of [ofVersion("1.0.0", 7), ofVersion("1.0.0", 8), ofVersion("2.0.0", 7)])
      expect(refusal(() => learned.accept(old, lampKey))).toBe("descriptor-untrusted rolled-back");
    expect(learned.list()[0]?.version.model).toBe("1.1.0");
  });

  it("rolls a version back when the provider signed that anew", () => {
    const learned = open();
    learned.accept(ofVersion("1.1.0", 8), lampKey);
    expect(learned.accept(ofVersion("1.0.0", 9), lampKey)).toMatchObject({
      descriptor: { version: { model: "1.0.0" } },
    });
  });

  it("is refused when it is for other devices than the one that was asked about", () => {
    expect(refusal(() => open().accept(signed(), { ...lampKey, eojClass: "0x0130" }))).toBe(
      "descriptor-untrusted unasked",
    );
    const withdrawal = provider.signed({ v: 1, type: "echonet:0290", sequence: 9, withdrawn: true });
    expect(refusal(() => open().accept(withdrawal, lampKey))).toBe("descriptor-untrusted unasked");
  });

  it.each([
    [{ model: "home-gateway", from: "0.1.0", below: "0.2.0" }, "none"],
    [{ model: "other" }, "descriptor-untrusted gateways"],
    [{ from: "0.1.1" }, "descriptor-untrusted gateways"],
    [{ below: "0.1.0" }, "descriptor-untrusted gateways"],
  ])("for the gateways %j gives: %s", (gateways, told) => {
    expect(refusal(() => open().accept(signed({ gateways }), lampKey))).toBe(told);
  });

  it("takes a descriptor away when the provider withdrew it, and lets no older one come back", () => {
    const on = host();
    const learned = open(on);
    learned.accept(signed(), lampKey);
    const withdrawal = provider.signed({ v: 1, type: "echonet:0290", sequence: 8, withdrawn: true });
    expect(learned.accept(withdrawal, lampKey)).toEqual({ type: "withdrawn", descriptorType: "echonet:0290" });
    expect(learned.list()).toEqual([]);
    expect(refusal(() => open(on).accept(signed(), lampKey))).toBe("descriptor-untrusted rolled-back");
  });

  it("is bounded in number", () => {
    const learned = open();
    const { "gk:screen": _, ...small } = lamp;
    const typed = (n: number) =>
      signed({ type: `t:${n}`, descriptor: { ...small, "gk:type": `t:${n}`, properties: {} } });
    for (let n = 0; n < 200; n++) learned.accept(typed(n), lampKey);
    expect(refusal(() => learned.accept(typed(200), lampKey))).toBe("descriptor-untrusted too-many");
  });

  it("is never anything but learned or refused by its type, whatever is signed", () => {
    const learned = open();
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.object(), (text, change) => {
        const odd = { statement: text, signature: provider.sign(`genkan-descriptor/1\n${text}`) };
        for (const one of [odd, signed(JSON.parse(JSON.stringify(change)))])
          expect(refusal(() => learned.accept(one, lampKey))).toMatch(/^(none|descriptor-(untrusted|invalid).*)$/);
      }),
      { numRuns: 50 },
    );
  });
});

describe("What was learned", () => {
  it("is there again after a restart", () => {
    const on = host();
    open(on).accept(signed(), lampKey);
    expect(open(on).list()).toEqual([shippedLamp()]);
  });

  it("is forgotten with the provider that taught it", () => {
    const on = host();
    open(on).accept(signed(), lampKey);
    expect(open(on, providerKey()).list()).toEqual([]);
  });

  it("for another version of this gateway is forgotten, and told in the log", () => {
    const on = host();
    open(on).accept(signed({ gateways: { below: "0.2.0" } }), lampKey);
    const later = open(on, provider, { ...gateway, version: "0.2.0" });
    expect(later.list()).toEqual([]);
    expect(on.log.events("warn")).toEqual(["kept-descriptor-refused"]);
    expect(refusal(() => later.accept(signed({ sequence: 1 }), lampKey))).toBe("none");
  });

  it.each([
    null,
    1,
    [],
    {},
    { v: 1, descriptorKey: provider.descriptorKey, signed: [null, {}, { statement: "", signature: "" }] },
  ])("that was tampered with on the disk counts for nothing: %j", (kept) => {
    const on = host();
    on.memory.write("descriptors", kept);
    expect(open(on).list()).toEqual([]);
  });

  it("needs a key of the right kind", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = publicKey.export({ type: "spki", format: "der" }).toString("base64url");
    for (const descriptorKey of ["AAAA", other])
      expect(refusal(() => open(host(), { descriptorKey }))).toBe("card-invalid");
  });
});
