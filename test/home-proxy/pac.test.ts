import { describe, expect, it } from "vitest";
import { homePacFile } from "../../gateway-core/home-proxy/pac.ts";

describe("The file by which a home's browsers find the gateway", () => {
  const find = (host: string, provider?: string): string =>
    new Function(
      "isPlainHostName",
      "dnsDomainIs",
      `${homePacFile("192.168.1.10:3128", provider)} return FindProxyForURL("", ${JSON.stringify(host)});`,
    )(
      (name: string) => !name.includes("."),
      (name: string, end: string) => name.endsWith(end),
    );
  it.each(["printer", "localhost", "x.local", "192.168.1.1", "10.0.0.1", "172.20.0.1", "[fd00::1]"])(
    "leaves %s alone",
    (host) => expect(find(host)).toBe("DIRECT"),
  );
  it.each(["www.example", "8.8.8.8", "172.32.0.1", "10.example", "genkan.example"])("sends %s by the gateway", (host) =>
    expect(find(host)).toBe("PROXY 192.168.1.10:3128"),
  );
  it.each(["genkan.example", "n.genkan.example"])("leaves %s, the provider's own, alone", (host) =>
    expect(find(host, "genkan.example")).toBe("DIRECT"),
  );
});
