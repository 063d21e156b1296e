import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Schema, Validator } from "jsonschema";
import { describe, expect, it } from "vitest";
import { homeUrn, isAccessNumber, numberOfUrn } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { parseCard, parseDownMessage, parseUpMessage } from "../../gateway-core/contract/link.ts";
import { packageRoot } from "../../host/package-root.ts";

const schema: Schema = JSON.parse(
  readFileSync(join(packageRoot(), "gateway-core", "contract", "link.schema.json"), "utf8"),
);
const follows = (name: string, value: unknown): boolean => new Validator().validate({ [name]: value }, schema).valid;

const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const ticket = "abcdefghijklmnop_-0123";
const question = {
  id: "q1",
  gateway: { id: "g", model: "home-gateway", version: "0.1.0" },
  key: { protocol: "echonet", eojClass: "0x0290", manufacturer: "0x00000B", productCode: "L7" },
  matched: 0,
  has: null,
};
const command = { id: "c1", topic: "home/devices/a/set", payload: "{}", expires: 1 };
const good: readonly [topic: string, body: unknown][] = [
  ["up/page", { isOffered: true }],
  ["up/renew", { csr: pem }],
  ["down/open", { protocol: "genkan-h2/1", ticket }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: "ieee1394-0011-0" }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: "deck", rung: "low" }],
  ["down/certificate", { certificate: pem, chain: [pem] }],
  ["down/certificate", { certificate: pem, chain: [pem], descriptorKey: "MCowBQYDK2VwAyEA" }],
  ["up/descriptor", question],
  ["up/descriptor", { ...question, has: { type: "echonet:0290", sequence: 1_800_000_000_000 } }],
  ["down/descriptor", { id: "q1", answer: "unknown" }],
  ["down/descriptor", { id: "q1", answer: "unchanged" }],
  ["down/descriptor", { id: "q1", answer: "signed", statement: "{}", signature: "s".repeat(86) }],
  ["down/descriptors", { sequence: 0 }],
  ["down/leaving", { spreadMs: 2_000 }],
  ["up/home", { topic: "home/status", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/devices/a/properties/setting", payload: "", isRetained: true }],
  ["up/home", { topic: "home/devices/a/events/rang", payload: "null", isRetained: false }],
  ["up/home", { topic: "home/devices/a/description", payload: "x".repeat(262_144), isRetained: true }],
  ["up/snapshot", { end: "first" }],
  ["up/snapshot", { end: "last" }],
  ["down/remote", { isWanted: true }],
  ["down/command", { id: "c1", topic: "home/devices/a/set", payload: "{}", expires: 1 }],
  ["down/command", { id: "c1", topic: "home/devices/a/properties/on/set", payload: "true", expires: 1 }],
  ["down/command", { id: "c1", topic: "home/devices/a/actions/ring", payload: "", expires: 1 }],
  ["down/command", { ...command, grant: wholeGrant }],
  [
    "down/command",
    {
      ...command,
      grant: {
        devices: { "lamp-1": { access: "view", properties: ["on"], actions: [], streams: true } },
        window: {
          ...{ from: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z", zone: "Asia/Tokyo" },
          ...{ days: [1, 7], hours: { from: "22:00", until: "06:00" } },
        },
      },
    },
  ],
];
const bad: readonly [topic: string, body: unknown][] = [
  ["down/command", { ...command, grant: null }],
  ["down/command", { ...command, grant: {} }],
  ["down/command", { ...command, grant: { devices: {} } }],
  ["down/command", { ...command, grant: { devices: { a: { access: "all" } } } }],
  ["down/command", { ...command, grant: { devices: { "a/b": { access: "view" } } } }],
  ["down/command", { ...command, grant: { ...wholeGrant, everything: true } }],
  ["down/command", { ...command, grant: { devices: { a: { access: "view", properties: ["a b"] } } } }],
  ["down/command", { ...command, grant: { ...wholeGrant, window: { days: [8] } } }],
  ["down/command", { ...command, grant: { ...wholeGrant, window: { hours: { from: "24:00", until: "01:00" } } } }],
  ["up/home", { topic: "homes/x/status", payload: "online", isRetained: true }],
  ["up/home", { topic: "home", payload: "online", isRetained: true }],
  ["up/home", { topic: "home//status", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/#", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/+/x", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/a\0", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/a/b/c/d/e/f/g", payload: "online", isRetained: true }],
  ["up/home", { topic: "home/devices/a/set", payload: "{}", isRetained: true }],
  ["up/home", { topic: `home/${"x".repeat(512)}`, payload: "", isRetained: true }],
  ["up/home", { topic: "home/status", payload: "x".repeat(49_153), isRetained: true }],
  ["up/home", { topic: "home/devices/a/description", payload: "x".repeat(262_145), isRetained: true }],
  ["up/home", { topic: "home/devices/a/description", payload: "x".repeat(49_153), isRetained: false }],
  ["up/home", { topic: "home/devices/a/description/b", payload: "x".repeat(49_153), isRetained: true }],
  ["up/home", { topic: "home/status", payload: true, isRetained: true }],
  ["up/home", { topic: "home/status", payload: "online" }],
  ["up/snapshot", { end: "middle" }],
  ["down/remote", { isWanted: 1 }],
  ["down/command", { id: "", topic: "home/devices/a/set", payload: "{}", expires: 1 }],
  ["down/command", { id: "c 1", topic: "home/devices/a/set", payload: "{}", expires: 1 }],
  ["down/command", { id: "c1", topic: "home/status", payload: "{}", expires: 1 }],
  ["down/command", { id: "c1", topic: "home/devices/a/set", payload: "x".repeat(8_193), expires: 1 }],
  ["down/command", { id: "c1", topic: "home/devices/a/set", payload: "{}", expires: 1.5 }],
  ["down/command", { id: "c1", topic: "home/devices/a/set", payload: "{}", expires: -1 }],
  ["down/command", { id: "c1", topic: "home/devices/a/set", payload: "{}" }],
  ["up/page", { isOffered: "yes" }],
  ["up/page", {}],
  ["up/page", []],
  ["up/renew", { csr: "none" }],
  ["up/renew", { csr: 1 }],
  ["down/open", { protocol: "h2", ticket }],
  ["down/open", { protocol: "genkan-h2/1", ticket: "short" }],
  ["down/open", { protocol: "genkan-proxy/1", ticket }],
  ["down/open", { protocol: "genkan-media/1", ticket }],
  ["down/open", { protocol: "genkan-media/1", ticket: "short", device: "deck" }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: "../deck" }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: 7 }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: "deck", rung: "" }],
  ["down/open", { protocol: "genkan-media/1", ticket, device: "deck", rung: null }],
  ["down/open", { protocol: "genkan-h2/1", ticket: `${ticket}\n` }],
  ["down/certificate", { certificate: pem, chain: pem }],
  ["down/certificate", { certificate: pem, chain: [1] }],
  ["down/certificate", { certificate: pem, chain: [pem], descriptorKey: "a b" }],
  ["up/descriptor", { ...question, id: "" }],
  ["up/descriptor", { ...question, id: "a b" }],
  ["up/descriptor", { ...question, gateway: { id: "g", model: "m" } }],
  ["up/descriptor", { ...question, gateway: { ...question.gateway, version: "1.0" } }],
  ["up/descriptor", { ...question, key: {} }],
  ["up/descriptor", { ...question, key: { protocol: "echonet", eojClass: 290 } }],
  ["up/descriptor", { ...question, key: { protocol: "echonet", "a-b": "x" } }],
  ["up/descriptor", { ...question, key: { protocol: "echonet", product: "x".repeat(101) } }],
  ["up/descriptor", { ...question, key: Object.fromEntries([..."abcdefghijk"].map((n) => [n, "x"])) }],
  ["up/descriptor", { ...question, matched: -1 }],
  ["up/descriptor", { ...question, matched: 11 }],
  ["up/descriptor", { ...question, matched: 0.5 }],
  ["up/descriptor", { ...question, has: {} }],
  ["up/descriptor", { ...question, has: { type: "t", sequence: 2 ** 53 } }],
  ["up/descriptor", { ...question, has: undefined }],
  ["down/descriptor", { id: "q1", answer: "yes" }],
  ["down/descriptor", { id: "q1", answer: "signed" }],
  ["down/descriptor", { id: "q1", answer: "signed", statement: {}, signature: "s".repeat(86) }],
  ["down/descriptor", { id: "q1", answer: "signed", statement: "{}", signature: "s".repeat(87) }],
  ["down/descriptors", { sequence: -1 }],
  ["down/leaving", { spreadMs: -1 }],
  ["down/leaving", { spreadMs: 600_001 }],
  ["down/leaving", {}],
  ["down/descriptors", { sequence: "1" }],
  ["down/certificate", { certificate: pem, chain: [pem, pem, pem, pem, pem] }],
];
const card = {
  v: 1,
  broker: "https://genkan.localhost:8443",
  number: "090-1234-5678",
  caSha256: "a".repeat(64),
  token: ticket,
  expires: "2027-01-01T00:00:00.000Z",
  descriptorKey: "MCowBQYDK2VwAyEA",
};

const parse = (topic: string, payload: string): unknown =>
  topic.startsWith("up/") ? parseUpMessage(topic, payload) : parseDownMessage(topic, payload);
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};

describe("A link message", () => {
  it.each(good)("%s is read as it was written, and as the schema has it", (topic, body) => {
    expect(parse(topic, JSON.stringify(body))).toEqual({ topic, body });
    expect(follows(topic, body)).toBe(true);
  });

  it.each(bad)("%s %j is refused, by the schema too", (topic, body) => {
    expect(codeOf(() => parse(topic, JSON.stringify(body)))).toBe("link-message-invalid");
    expect(follows(topic, body)).toBe(false);
  });

  it("of a later version is left alone", () => {
    expect(parse("up/later", "{}")).toBeUndefined();
    expect(parse("down/later", "{}")).toBeUndefined();
  });

  it("that is anything at all gives a typed error or a message", () => {
    const topics = fc.constantFrom(...good.map(([topic]) => topic));
    fc.assert(
      fc.property(topics, fc.oneof(fc.string(), fc.json()), (topic, payload) => {
        expect(["none", "link-message-invalid"]).toContain(codeOf(() => parse(topic, payload)));
      }),
    );
  });
});

describe("A card", () => {
  it("is read as it was written, and as the schema has it", () => {
    expect(parseCard(card)).toEqual(card);
    expect(new Validator().validate(card, { ...schema, $ref: "#/definitions/card" }).valid).toBe(true);
  });

  it.each([
    { v: 2 },
    { broker: "http://genkan.localhost" },
    { broker: "https://genkan.localhost/path" },
    { number: "../x" },
    { caSha256: "AB" },
    { token: "" },
    { expires: "soon" },
    { descriptorKey: "" },
  ])("with %j is refused", (change) => {
    expect(codeOf(() => parseCard({ ...card, ...change }))).toBe("card-invalid");
  });

  it("of a provider that says no key for descriptors is read too", () => {
    const { descriptorKey: _, ...early } = card;
    expect(parseCard(early)).toEqual(early);
    expect(new Validator().validate(early, { ...schema, $ref: "#/definitions/card" }).valid).toBe(true);
  });

  it.each(Object.keys(card).filter((name) => name !== "descriptorKey"))("without %s is refused", (member) => {
    expect(codeOf(() => parseCard({ ...card, [member]: undefined }))).toBe("card-invalid");
  });
});

describe("An access number", () => {
  it.each(["090-1234-5678", "abc", "a1b", "x".repeat(40)])("may be %s", (text) => {
    expect(isAccessNumber(text)).toBe(true);
    expect(numberOfUrn(homeUrn(text))).toBe(text);
  });

  it.each(["", "ab", "x".repeat(41), "-abc", "abc-", "ABC", "a.b", "a_b", "link", "www", "xn--abc", "a b", "あいう"])(
    "may not be %j",
    (text) => expect(isAccessNumber(text)).toBe(false),
  );

  it.each(["urn:genkan:home:", "urn:genkan:home:ab", "urn:other:home:abc", "URN:genkan:home:abc", "abc"])(
    "is not named by %s",
    (urn) => expect(numberOfUrn(urn)).toBeUndefined(),
  );
});
