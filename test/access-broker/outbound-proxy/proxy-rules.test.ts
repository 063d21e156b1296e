import { describe, expect, it } from "vitest";
import { isPrivate, isPublic } from "../../../access-broker/outbound-proxy/networks.ts";
import { pacFile } from "../../../access-broker/outbound-proxy/pac.ts";
import { readCredentials } from "../../../access-broker/outbound-proxy/proxy-credentials.ts";
import { createProxyRules } from "../../../access-broker/outbound-proxy/proxy-rules.ts";
import { authorityOf, readTarget } from "../../../access-broker/outbound-proxy/target.ts";

const rulesWith = (allow: readonly string[] = [], deny: readonly string[] = []) =>
  createProxyRules({ allow, deny, ownHost: "genkan.example", ownAddresses: () => ["8.8.4.4", "2600::5"] });
const invalid = expect.objectContaining({ code: "proxy-request-invalid" });

describe("An address that is nobody's in the internet", () => {
  it.each([
    ..."0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254".split(" "),
    ..."169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1".split(" "),
    ..."198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.251 239.255.255.250 240.0.0.1".split(" "),
    ..."255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8".split(" "),
    ..."64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:1::1 2001:db8::1".split(" "),
    ..."2002:7f00:1:: 2002:c0a8:101:: 3fff::1 5f00::1 4000::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1".split(" "),
    ..."fe80::1%eth0 2600::1%lo 1.2.3 localhost".split(" "),
    "",
  ])("%j is not led to", (address) => expect(isPublic(address)).toBe(false));

  it.each([
    ..."8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0".split(" "),
    ..."169.253.255.255 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255".split(" "),
    ..."2001:200::1 2001:4860:4860::8888 2600::1 2a00::1 2003::1".split(" "),
  ])("but its neighbour %s is", (address) => expect(isPublic(address)).toBe(true));

  it("may be a provider's own server only where somebody can have one", () => {
    expect(["10.0.0.1", "127.0.0.1", "100.64.0.1", "fd00::1", "::1"].every(isPrivate)).toBe(true);
    expect(["169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "8.8.8.8", "x"].some(isPrivate)).toBe(false);
  });
});

describe("A target", () => {
  it.each([
    ["tunnel", "www.example:443", { host: "www.example", port: 443, path: "" }],
    ["tunnel", "WWW.Example.:8443", { host: "www.example", port: 8443, path: "" }],
    ["tunnel", "[2600::1]:443", { host: "2600::1", port: 443, path: "" }],
    ["tunnel", "[::FFFF:127.0.0.1]:443", { host: "::ffff:7f00:1", port: 443, path: "" }],
    ["request", "http://www.example", { host: "www.example", port: 80, path: "/" }],
    [
      "request",
      "HTTP://www.example:8080/a//b/../c?d=%2e",
      { host: "www.example", port: 8080, path: "/a//b/../c?d=%2e" },
    ],
    ["request", "http://a_b.example?x", { host: "a_b.example", port: 80, path: "/?x" }],
  ] as const)("%s %s is read", (way, text, target) => expect(readTarget(way, text, undefined)).toEqual(target));

  it.each([
    ["tunnel", "www.example"],
    ["tunnel", "www.example:0"],
    ["tunnel", "www.example:65536"],
    ["tunnel", "www.example:443/"],
    ["tunnel", "user@www.example:443"],
    ["tunnel", "http://www.example:443"],
    ["tunnel", "0x7f.1:443"],
    ["tunnel", "127.1:443"],
    ["tunnel", "2130706433:443"],
    ["tunnel", "017700000001:443"],
    ["tunnel", "127.0.0.1.:443"],
    ["tunnel", "1.2.3.4.5:443"],
    ["tunnel", "\uff11\uff12\uff17.0.0.1:443"],
    ["tunnel", "127。0。0。1:443"],
    ["tunnel", "%31%32%37.0.0.1:443"],
    ["tunnel", "a..b:443"],
    ["tunnel", ".a:443"],
    ["tunnel", "-a.example:443"],
    ["tunnel", "[fe80::1%25eth0]:443"],
    ["tunnel", "[::g]:443"],
    ["tunnel", "a b:443"],
    ["tunnel", "a\r\nX: y:443"],
    ["tunnel", "*:443"],
    ["request", "/"],
    ["request", "*"],
    ["request", "https://www.example/"],
    ["request", "ftp://www.example/"],
    ["request", "http:///x"],
    ["request", "http://user@www.example/"],
    ["request", "http://www.example@127.0.0.1/"],
    ["request", "http://www.example\\@127.0.0.1/"],
    ["request", "http://www.example#@127.0.0.1/"],
    ["request", "http://www.example/#x"],
    ["request", "http://www.example:x/"],
    ["request", `http://www.example/${"a".repeat(9_000)}`],
    ["request", `http://${"a".repeat(64)}.example/`],
    ["request", `http://${"a.".repeat(127)}example/`],
  ] as const)("%s %j is refused", (way, text) => expect(() => readTarget(way, text, undefined)).toThrow(invalid));

  it.each([
    ["tunnel", "www.example:443", "www.example:443"],
    ["tunnel", "www.example:8443", "WWW.example"],
    ["request", "http://www.example/", "www.example"],
    ["request", "http://www.example:80/", "www.example"],
    ["request", "http://[2600::1]:8080/", "[2600::1]:8080"],
  ] as const)("%s %s stands beside Host %s", (way, text, told) =>
    expect(() => readTarget(way, text, told)).not.toThrow(),
  );

  it.each([
    ["tunnel", "www.example:443", "other.example"],
    ["tunnel", "www.example:443", "www.example:80"],
    ["request", "http://www.example/", "127.0.0.1"],
    ["request", "http://www.example/", "www.example:8080"],
    ["request", "http://www.example/", "www.example, other"],
    ["request", "http://www.example/", ""],
  ] as const)("%s %s does not stand beside Host %j", (way, text, told) =>
    expect(() => readTarget(way, text, told)).toThrow(invalid),
  );

  it("is spelled as a Host field", () => {
    expect(authorityOf({ host: "2600::1", port: 80 })).toBe("[2600::1]");
    expect(authorityOf({ host: "www.example", port: 8080 })).toBe("www.example:8080");
  });
});

describe("The rules", () => {
  const judge = (text: string, way: "tunnel" | "request" = "tunnel", rules = rulesWith()) =>
    rules.judgeTarget(readTarget(way, text, undefined), way);

  it("lead into the internet at 443 by tunnel, at 80 and 443 by request", () => {
    expect(judge("www.example:443")).toBeUndefined();
    expect(judge("8.8.8.8:443")).toBeUndefined();
    expect(judge("http://www.example/", "request")).toBeUndefined();
    expect(judge("http://www.example:443/", "request")).toBeUndefined();
  });

  it.each([
    ["www.example:80", "port"],
    ["www.example:22", "port"],
    ["www.example:25", "port"],
    ["127.0.0.1:443", "not-public"],
    ["[::1]:443", "not-public"],
    ["[::ffff:127.0.0.1]:443", "not-public"],
    ["[64:ff9b::7f00:1]:443", "not-public"],
    ["169.254.169.254:443", "not-public"],
    ["192.168.1.1:443", "not-public"],
    ["8.8.4.4:443", "own-address"],
    ["[2600::5]:443", "own-address"],
    ["genkan.example:443", "own-name"],
    ["link.genkan.example:443", "own-name"],
    ["090-1234-5678.GENKAN.example.:443", "own-name"],
  ])("refuse %s: %s", (text, reason) => expect(judge(text)).toBe(reason));

  it("judge where a name leads to", () => {
    const target = readTarget("tunnel", "www.example:443", undefined);
    const to = (address: string, rules = rulesWith()) => rules.judgeAddress(target, "tunnel", address);
    expect(to("8.8.8.8")).toBeUndefined();
    expect(to("127.0.0.1")).toBe("not-public");
    expect(to("nonsense")).toBe("not-public");
    expect(to("8.8.4.4")).toBe("own-address");
    const listed = rulesWith(["www.example"], ["10.9.0.0/16"]);
    expect(to("10.0.0.1", listed)).toBeUndefined();
    expect(to("10.9.0.1", listed)).toBe("denied");
    expect(to("169.254.169.254", listed)).toBe("not-public");
  });

  it("admit what the provider lists, at its ports", () => {
    const rules = rulesWith(["*.own.example", "10.0.0.0/8", "127.0.0.1:8090", "[fd00::1]:8443", "fd01::/16"]);
    expect(judge("a.own.example:443", "tunnel", rules)).toBeUndefined();
    expect(judge("a.own.example:8080", "tunnel", rules)).toBe("port");
    expect(judge("10.1.1.1:443", "tunnel", rules)).toBeUndefined();
    expect(judge("127.0.0.1:8090", "tunnel", rules)).toBeUndefined();
    expect(judge("http://127.0.0.1:8090/", "request", rules)).toBeUndefined();
    expect(judge("127.0.0.1:443", "tunnel", rules)).toBe("not-public");
    expect(judge("[fd00::1]:8443", "tunnel", rules)).toBeUndefined();
    expect(judge("[fd01::1]:443", "tunnel", rules)).toBeUndefined();
    expect(judge("own.example:443", "tunnel", rules)).toBeUndefined();
    expect(judge("www.genkan.example:443", "tunnel", rulesWith(["www.genkan.example"]))).toBeUndefined();
  });

  it("refuse what the provider denies, whatever else is listed", () => {
    const rules = rulesWith(["bad.example"], ["bad.example", "8.8.8.0/24", "ok.example:443"]);
    expect(judge("bad.example:443", "tunnel", rules)).toBe("denied");
    expect(judge("8.8.8.8:443", "tunnel", rules)).toBe("denied");
    expect(judge("ok.example:443", "tunnel", rules)).toBe("denied");
    expect(judge("http://ok.example/", "request", rules)).toBeUndefined();
  });

  it.each(["", "*", "a b", "http://x", "10.0.0.0/33", "10.0.0.0/x", "::/129", "1.2.3", "x:0", "x:70000", "A.example"])(
    "%j cannot be listed",
    (entry) => {
      expect(() => rulesWith([entry])).toThrow(expect.objectContaining({ code: "settings-invalid" }));
      expect(() => rulesWith([], [entry])).toThrow(expect.objectContaining({ code: "settings-invalid" }));
    },
  );
});

describe("The credential", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  it("is number, user and password; a password may hold what it likes", () => {
    expect(readCredentials(basic("090-1234-5678/花子:a:b/c"))).toEqual({
      number: "090-1234-5678",
      user: "花子",
      password: "a:b/c",
    });
  });
  it.each([
    undefined,
    "",
    "Bearer x",
    "Basic",
    "Basic ***",
    basic("090-1234-5678:x"),
    basic("link/u:x"),
    basic("090-1234-5678/:x"),
    basic("090-1234-5678/u:"),
    basic(`090-1234-5678/u:${"x".repeat(5_000)}`),
  ])("%j is none", (field) => expect(readCredentials(field)).toBeUndefined());
});

describe("The file for browsers", () => {
  const find = (host: string): string =>
    new Function(
      "isPlainHostName",
      "dnsDomainIs",
      `${pacFile("genkan.example", 8445)} return FindProxyForURL("", ${JSON.stringify(host)});`,
    )(
      (name: string) => !name.includes("."),
      (name: string, end: string) => name.endsWith(end),
    );
  it.each([
    "printer",
    "localhost",
    "x.local",
    "genkan.example",
    "n.genkan.example",
    "192.168.1.1",
    "10.0.0.1",
    "172.20.0.1",
    "[fd00::1]",
  ])("leaves %s alone", (host) => expect(find(host)).toBe("DIRECT"));
  it.each(["www.example", "8.8.8.8", "172.32.0.1", "10.example"])("sends %s by the proxy", (host) =>
    expect(find(host)).toBe("HTTPS genkan.example:8445"),
  );
});
