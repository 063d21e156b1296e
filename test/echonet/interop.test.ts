import { describe, expect, it } from "vitest";
import { hasNamespaces, runScript } from "./in-namespace.ts";

if (!hasNamespaces) {
  console.warn("SKIPPED: interoperability with echonet-lite needs network namespaces (root, unshare, ip)");
}

describe("with a device made by others (npm echonet-lite) on a virtual cable", () => {
  it.skipIf(!hasNamespaces)(
    "the adapter finds, describes, reads, sets, is refused and hears",
    { timeout: 60_000 },
    () => {
      const seen = runScript("interop-home.ts", [], true);
      expect(seen).toMatchObject({
        ref: { id: "echonet-10-77-0-2-013001", address: "10.77.0.2" },
        properties: {
          power: { observable: true },
          mode: { observable: true },
          target: { observable: false },
          room: { readOnly: true },
        },
        got: { values: { power: false, mode: "cool", target: 28, room: 25 }, errors: {} },
        set: { values: { power: true, mode: "heat", target: 21 }, errors: {} },
        refused: { values: {}, errors: { target: { code: "device-refused", refused: ["b3"] } } },
      });
      expect(seen).not.toHaveProperty("properties.humidity");
    },
  );
});
