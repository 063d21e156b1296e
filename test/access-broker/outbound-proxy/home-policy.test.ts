import { describe, expect, it } from "vitest";
import { assertHomePolicy, narrowedRules } from "../../../access-broker/outbound-proxy/home-policy.ts";
import { createProxyRules } from "../../../access-broker/outbound-proxy/proxy-rules.ts";
import { readTarget } from "../../../access-broker/outbound-proxy/target.ts";

const provider = createProxyRules({
  ...{ allow: ["10.0.0.5"], deny: ["bad.example"] },
  ...{ ownHost: "genkan.example", ownAddresses: () => [] },
});
const judge = (allow: readonly string[], deny: readonly string[], text: string, address?: string) => {
  const rules = narrowedRules(provider, { allow, deny });
  const target = readTarget("tunnel", text, undefined);
  return rules.judgeTarget(target, "tunnel") ?? (address && rules.judgeAddress(target, "tunnel", address));
};

describe("What a home wants of the proxy", () => {
  it("is nothing more than the provider, until it says so", () => {
    expect(judge([], [], "www.example:443", "8.8.8.8")).toBeUndefined();
    expect(judge([], [], "10.0.0.5:443")).toBeUndefined();
  });

  it.each([
    ["www.example:443", "home-policy"],
    ["sub.school.example:443", undefined],
    ["school.example:443", "home-policy"],
    ["games.school.example:443", "home-policy"],
    ["8.8.8.8:443", "home-policy"],
  ])("narrows by names: %s is %s", (text, refusal) =>
    expect(judge(["*.school.example"], ["games.school.example"], text, "8.8.8.8")).toBe(refusal),
  );

  it.each([
    ["8.8.8.8:443", "8.8.8.8", undefined],
    ["8.8.4.4:443", "8.8.4.4", "home-policy"],
    ["9.9.9.9:443", "9.9.9.9", "home-policy"],
    ["www.example:443", "8.8.8.9", undefined],
    ["www.example:443", "9.9.9.9", "home-policy"],
    ["www.example:443", "8.8.4.4", "home-policy"],
  ])("narrows by networks: %s at %s is %s", (text, address, refusal) =>
    expect(judge(["8.8.0.0/16"], ["8.8.4.4"], text, address)).toBe(refusal),
  );

  it("never widens what the provider lets", () => {
    const all = ["bad.example", "genkan.example", "127.0.0.1", "in.example", "10.0.0.0/8"];
    expect(judge(all, [], "bad.example:443")).toBe("denied");
    expect(judge(all, [], "genkan.example:443")).toBe("own-name");
    expect(judge(all, [], "127.0.0.1:443")).toBe("not-public");
    expect(judge(all, [], "in.example:443", "10.0.0.6")).toBe("not-public");
    expect(judge(["in.example:8443"], [], "in.example:8443")).toBe("port");
  });

  it("is for one port where it names one", () => {
    expect(judge([], ["www.example:8443"], "www.example:443", "8.8.8.8")).toBeUndefined();
    expect(judge([], ["www.example:443"], "www.example:443", "8.8.8.8")).toBe("home-policy");
  });

  it("is refused where it cannot be read", () => {
    expect(() => assertHomePolicy({ allow: [], deny: ["a/b"] })).toThrow(
      expect.objectContaining({ code: "settings-invalid", details: { key: "proxy-deny" } }),
    );
    expect(() => assertHomePolicy({ allow: ["*.example:443"], deny: ["[2600::]/12"] })).toThrow();
  });
});
