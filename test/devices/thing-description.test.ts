import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { createRegistry } from "../../gateway-core/devices/registry.ts";
import { type Bases, thingDescription } from "../../gateway-core/devices/thing-description.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { lampModel } from "../fakes/fake-session.ts";

const schemaPath = fileURLToPath(new URL("../../../shared/data/wot/td-json-schema-validation.json", import.meta.url));
const bases = { http: "http://127.0.0.1:8080/", mqtt: "mqtt://127.0.0.1:1883" };

function describeLamp(where: Bases) {
  const registry = createRegistry(new FakeClock());
  registry.put("lamp-1", "fake", lampModel);
  return registry.list().map((device) => thingDescription(device, where))[0];
}

describe("a Thing Description", () => {
  it("leads to the topics and paths of the interfaces", () => {
    expect(describeLamp(bases)).toMatchObject({
      id: "urn:genkan:device:lamp-1",
      title: "Lamp",
      titles: { en: "Lamp", ja: "照明" },
      properties: {
        power: {
          type: "boolean",
          forms: [
            { href: "http://127.0.0.1:8080/api/devices/lamp-1/properties/power", op: "readproperty" },
            { href: "http://127.0.0.1:8080/api/devices/lamp-1/properties/power", op: "writeproperty" },
            {
              href: "mqtt://127.0.0.1:1883/home/devices/lamp-1/properties/power",
              op: ["readproperty", "observeproperty", "unobserveproperty"],
            },
            { href: "mqtt://127.0.0.1:1883/home/devices/lamp-1/properties/power/set", op: "writeproperty" },
          ],
        },
      },
      actions: {
        fade: {
          forms: [
            { href: "http://127.0.0.1:8080/api/devices/lamp-1/actions/fade" },
            { "mqv:topic": "home/devices/lamp-1/actions/fade" },
          ],
        },
      },
    });
  });

  it("offers no way to write what is read-only, and no wire recipe at all", () => {
    const text = JSON.stringify(describeLamp(bases));
    expect(text).not.toContain("gk:bind");
    expect(text).not.toContain("properties/fault/set");
  });

  it("has the forms of one door when the other is closed", () => {
    expect(JSON.stringify(describeLamp({ http: bases.http }))).not.toContain("mqtt://");
    expect(JSON.stringify(describeLamp({ mqtt: bases.mqtt }))).not.toContain("http://127");
  });

  it.skipIf(!existsSync(schemaPath))(`passes W3C's TD 1.1 schema (skipped where ${schemaPath} is absent)`, () => {
    const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
    for (const where of [bases, { http: bases.http }, { mqtt: bases.mqtt }]) {
      expect(validate(describeLamp(where), schema).errors.map(String)).toEqual([]);
    }
  });
});
