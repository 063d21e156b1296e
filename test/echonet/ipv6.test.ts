import { describe, expect, it } from "vitest";
import { hasNamespaces, runScript } from "./in-namespace.ts";

describe.skipIf(!hasNamespaces)("a home on IPv4 and IPv6", () => {
  it("has each node once, reaches those of IPv6 alone, and goes on when an address comes back", {
    timeout: 60_000,
  }, () => {
    const seen = runScript("ipv6-home.ts", [], true) as { readonly refs: readonly { readonly id: string }[] };
    expect(seen).toMatchObject({
      values: { power: true, brightness: 70 },
      set: "46",
      again: { brightness: 20 },
      warnings: ["bind-unreadable"],
    });
    expect(new Set(seen.refs.map(({ id }) => id))).toEqual(
      new Set(["echonet-10-78-0-2-029001", "echonet-fe80-3-029001"]),
    );
  });
});
