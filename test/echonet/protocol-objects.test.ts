import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import { bindingsOf } from "../../gateway-core/echonet/echonet-binding.ts";
import protocolObjects from "../../gateway-core/echonet/protocol-objects.json" with { type: "json" };
import { packageRoot } from "../../host/package-root.ts";

const lamp = JSON.parse(readFileSync(join(packageRoot(), "device-descriptors", "echonet", "0290.json"), "utf8"));

describe("What the protocol gives to every object", () => {
  it.each(["nodeProfile", "superClass"] as const)(
    "%s is described as devices are, and every bind can be read",
    (name) => {
      const { properties } = protocolObjects[name];
      const { "gk:screen": _, ...model } = lamp;
      expect(flawsOf({ ...model, properties })).toEqual([]);
      const bindings = bindingsOf({ ...model, properties }, (property) => expect.unreachable(property));
      expect(bindings.size).toBe(Object.keys(properties).length);
      expect(new Set([...bindings.values()].map(({ epc }) => epc)).size).toBe(bindings.size);
    },
  );
});
