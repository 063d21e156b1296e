import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { applyOverrides, parseSettings } from "../gateway-core/settings.ts";

function refusalOf(action: () => unknown): HomeError {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof HomeError) return thrown;
  }
  throw new Error("expected a HomeError");
}

describe("settings", () => {
  it("need nothing: what is not given has a default", () => {
    const defaults = {
      home: {
        interfaces: ["auto", "127.0.0.1"],
        families: ["ipv4", "ipv6"],
        availabilityMs: 30_000,
        pollMs: 10_000,
        rediscoverMs: 300_000,
      },
      ieee1394: { bus: "", recording: false, availabilityMs: 15_000, pollMs: 5_000, rediscoverMs: 60_000 },
      page: { listen: "127.0.0.1", port: 8080, hostNames: [], networks: [], searchWaitMs: 0 },
      localBroker: { address: "127.0.0.1", port: 1883 },
      accessLink: { enabled: true, cardFolders: ["/media", "/run/media", "/Volumes"], rules: [{}] },
      access: { mode: "both", listen: "0.0.0.0", port: 8447, hostNames: [] },
      homeProxy: { enabled: false, listen: "127.0.0.1", port: 3128 },
      history: { enabled: true, days: 400, megabytes: 200 },
      descriptors: { folders: [], withoutTypes: [] },
      adapters: {},
      media: {
        idleSeconds: 10,
        sources: [],
        rungs: [
          { name: "high", height: 480, videoKbps: 800, audioKbps: 64 },
          { name: "low", height: 240, videoKbps: 200, audioKbps: 40 },
        ],
      },
      signatures: { required: [], atHome: false },
      recordings: { enabled: true, megabytes: 8192 },
    };
    expect(parseSettings({})).toEqual(defaults);
    expect(parseSettings(undefined)).toEqual(defaults);
  });

  it.each(["127.0.0.1", "::1", "192.168.1.10", "10.0.0.1", "172.20.0.1", "169.254.1.1", "fd00::1", "fe80::1"])(
    "let the home's proxy listen at %s, which lies in the home",
    (listen) => expect(parseSettings({ homeProxy: { listen } }).homeProxy.listen).toBe(listen),
  );

  it("keep what is given, beside the defaults of its neighbours", () => {
    expect(parseSettings({ page: { port: 0 }, home: { interfaces: ["127.0.0.1", "fe80::1"] } })).toMatchObject({
      page: { port: 0, listen: "127.0.0.1" },
      home: { interfaces: ["127.0.0.1", "fe80::1"], availabilityMs: 30_000 },
    });
  });

  it.each([
    [{ pgae: {} }, "pgae"],
    [{ page: { prot: 1 } }, "page.prot"],
    [{ toString: 1 }, "toString"],
    [JSON.parse('{"page":{"__proto__":1}}'), "page.__proto__"],
    [{ page: { port: "80" } }, "page.port"],
    [{ page: { port: 65_536 } }, "page.port"],
    [{ page: { listen: "localhost" } }, "page.listen"],
    [{ page: { networks: ["192.168.1.0/33"] } }, "page.networks[0]"],
    [{ page: { networks: ["192.168.1.0"] } }, "page.networks[0]"],
    [{ page: { hostNames: ["a/b"] } }, "page.hostNames[0]"],
    [{ localBroker: { address: "0.0.0.0" } }, "localBroker.address"],
    [{ access: { mode: "all" } }, "access.mode"],
    [{ homeProxy: { listen: "0.0.0.0" } }, "homeProxy.listen"],
    [{ homeProxy: { listen: "203.0.113.7" } }, "homeProxy.listen"],
    [{ homeProxy: { listen: "2001:db8::1" } }, "homeProxy.listen"],
    [{ home: null }, "home"],
    [{ ieee1394: { bus: "tcp://192.168.1.2:1394" } }, "ieee1394.bus"],
    [{ home: { interfaces: [] } }, "home.interfaces"],
    [{ media: { sources: [{ name: "Tuner" }] } }, "media.sources[0]"],
    [{ media: { sources: [{ name: "Tuner", from: "http://tuner/", kind: "light" }] } }, "media.sources[0].kind"],
    [{ media: { sources: [{ name: "Tuner", from: "ftp://tuner/" }] } }, "media.sources"],
    [[], ""],
    ["text", ""],
  ])("%j are refused, and the key is named", (input, key) => {
    const error = refusalOf(() => parseSettings(input));
    expect(error).toMatchObject({ code: "settings-invalid", details: { key } });
    expect(error.message).toContain(key);
  });

  it.each(["192.168.0.0/16", "10.1.2.3/32", "fd00::/8", "0.0.0.0/0"])("take the network %s", (network) => {
    expect(parseSettings({ page: { networks: [network] } }).page.networks).toEqual([network]);
  });

  it("never share a default between two parses", () => {
    expect(parseSettings({}).page.hostNames).not.toBe(parseSettings({}).page.hostNames);
  });

  it("refuse anything odd with settings-invalid and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ page: fc.anything(), home: fc.jsonValue() })), (input) => {
        try {
          parseSettings(input);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "settings-invalid" });
        }
      }),
    );
  });
});

describe("an override", () => {
  it("replaces one value, beside its neighbours, and later ones win", () => {
    const settings = { page: { port: 1, listen: "127.0.0.1" }, other: true };
    const overrides = ["page.port=2", 'page.listen="::1"', "page.port=3", "accessLink.enabled=false"];
    expect(applyOverrides(settings, overrides)).toEqual({
      page: { port: 3, listen: "::1" },
      other: true,
      accessLink: { enabled: false },
    });
    expect(settings.page.port).toBe(1);
  });

  it.each(["page.port", "=1", "page.port=eighty", ""])("of another form, %j, is settings-invalid", (text) => {
    expect(refusalOf(() => applyOverrides({}, [text])).code).toBe("settings-invalid");
  });

  it.each(["page.nope=1", "a.b.c=1", "page=1", "__proto__.x=1", "page.__proto__=1", "page.toString=1", ".=1"])(
    "that names no setting, %j, is refused with the whole",
    (text) => {
      expect(refusalOf(() => parseSettings(applyOverrides({}, [text]))).code).toBe("settings-invalid");
    },
  );
});

describe("the schema of the settings", () => {
  it("names every setting in English and Japanese", () => {
    const schema = JSON.parse(readFileSync(new URL("../gateway-core/settings.schema.json", import.meta.url), "utf8"));
    const nodes = (node: { properties?: object }): unknown[] => [
      node,
      ...Object.values(node.properties ?? {}).flatMap((child) => nodes(child)),
    ];
    for (const node of nodes(schema)) {
      expect(node).toMatchObject({ titles: { en: expect.stringMatching(/./), ja: expect.stringMatching(/./) } });
    }
  });
});
