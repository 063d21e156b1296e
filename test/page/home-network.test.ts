import { describe, expect, it } from "vitest";
import { homeNetworks, isOwnHost } from "../../gateway-core/page/home-network.ts";

describe("The names that the page answers to", () => {
  it.each(["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.5:8080", "genkan.local"])(
    "%s is one",
    (host) => {
      expect(isOwnHost(host, "::ffff:192.168.1.5", ["genkan.local"])).toBe(true);
    },
  );

  it.each([undefined, "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "192.168.1.6"])(
    "%s is none",
    (host) => {
      expect(isOwnHost(host, "192.168.1.5", ["genkan.local"])).toBe(false);
    },
  );

  it("the address itself is one over IPv6 too", () => {
    expect(isOwnHost("[fe80::1]:8080", "fe80::1%eth0", [])).toBe(true);
  });
});

describe("The home's networks", () => {
  const isOfHome = homeNetworks(["192.168.1.0/24", "fd12::/64"]);

  it.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.168.1.77", "::ffff:192.168.1.77", "fd12::9", "fd12::9%eth0"])(
    "%s belongs to them",
    (address) => expect(isOfHome(address)).toBe(true),
  );

  it.each(["192.168.2.1", "8.8.8.8", "fd13::1", "", "nonsense"])("%s does not", (address) =>
    expect(isOfHome(address)).toBe(false),
  );

  it.each(["192.168.1.0", "192.168.1.0/33", "home/8", "fd12::/129", "/8", "10.0.0.0/x"])(
    "%s is no network",
    (network) => {
      expect(() => homeNetworks([network])).toThrow(expect.objectContaining({ code: "settings-invalid" }));
    },
  );
});
