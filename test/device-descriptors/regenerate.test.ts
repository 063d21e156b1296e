/** The import is repeatable: from the sources and the overlays come the committed files, octet for octet. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf } from "../../device-descriptors/import/generate.ts";
import { readDescriptors } from "../../device-descriptors/import/import-descriptors.ts";
import { isJsonObject, type Json } from "../../gateway-core/contract/json.ts";
import { bindingsOf, descriptorOf, folder, isThere, overlays, sources } from "./shipped.ts";

describe("The import", () => {
  it.skipIf(!isThere(sources.mra, sources.objectDb))(
    "makes every committed file again, octet for octet",
    () => {
      const files = filesOf(readDescriptors({ mra: sources.mra, objectDb: sources.objectDb, overlays }));
      expect(files).toHaveLength(100);
      for (const { path, text } of files) expect(text, path).toBe(readFileSync(join(folder, path), "utf8"));
    },
    120_000,
  );
});

const files = globSync("*.json", { cwd: overlays }).filter((file) => file !== "0000.json");

describe("The overlays", () => {
  it("are there for each class, so that a person has looked at each", () => {
    expect(files).toHaveLength(99);
  });

  it.each(files)("%s says nothing that comes to nothing", (file) => {
    const overlay: Json = JSON.parse(readFileSync(join(overlays, file), "utf8"));
    const descriptor = descriptorOf(`echonet:${file.slice(0, 4)}`);
    const screen = isJsonObject(overlay) ? membersOf(overlay["screen"]) : {};
    expect(descriptor["gk:screen"]).toEqual(screen);
    const bindings = new Map(bindingsOf(descriptor).map((bound) => [bound.epc, bound]));
    const properties = isJsonObject(overlay) && isJsonObject(overlay["properties"]) ? overlay["properties"] : {};
    for (const [epc, entry] of Object.entries(properties)) {
      const bound = bindings.get(epc);
      expect(bound, epc).toBeDefined();
      if (bound === undefined || !isJsonObject(entry)) continue;
      const said = JSON.stringify(bound.property);
      const { name } = entry;
      if (name !== undefined) expect(bound.name).toBe(name);
      for (const { en, ja } of Object.values(membersOf(entry["words"])).filter(isJsonObject)) {
        expect(said, `${epc} ${en}`).toContain(JSON.stringify({ en, ja }));
      }
      for (const member of Object.keys(membersOf(entry["members"])))
        expect(said, `${epc} ${member}`).toContain(`"${member}":`);
    }
  });
});

const membersOf = (value: Json | undefined) => (isJsonObject(value) ? value : {});
