/** The catalogue: which descriptor a found device gets, and what happens to files that are none. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { Match } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { packageRoot } from "../../host/package-root.ts";

const shipped = join(packageRoot(), "device-descriptors");
const lamp = join(shipped, "echonet", "0290.json");
const key = { protocol: "echonet", eojClass: "0x0290", manufacturer: "0x00000b", product: "LG-7" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-descriptors-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A folder `name` with a lamp's descriptor of that title for those devices. */
function folderWith(name: string, ...matches: Match[]): string {
  mkdirSync(join(folder, name));
  const model = { ...JSON.parse(readFileSync(lamp, "utf8")), "gk:match": matches };
  const file = { ...model, title: name, titles: { en: name, ja: name } };
  writeFileSync(join(folder, name, "lamp.json"), JSON.stringify(file));
  return join(folder, name);
}

const any: Match = { protocol: "echonet", eojClass: "0x0290" };

describe("The catalogue", () => {
  it("finds the shipped descriptor of a class, whatever the case of its hexadecimal digits", () => {
    const catalogue = loadCatalogue([shipped]);
    expect(catalogue.find({ protocol: "echonet", eojClass: "0x026b" })?.["gk:kind"]).toBe("waterHeater");
    expect(catalogue.find({ protocol: "echonet", eojClass: "0x026B" })?.["gk:kind"]).toBe("waterHeater");
    expect(catalogue.list()).toHaveLength(115);
  });

  it("finds nothing for a class that nobody described", () => {
    expect(loadCatalogue([shipped]).find({ protocol: "echonet", eojClass: "0x0EF0" })).toBeUndefined();
    expect(loadCatalogue([shipped]).find({ protocol: "ieee1394", eojClass: "0x0290" })).toBeUndefined();
  });

  it("does without the types that it is told to leave out", () => {
    const catalogue = loadCatalogue([shipped], undefined, ["echonet:0290", "echonet:none"]);
    expect(catalogue.find(key)).toBeUndefined();
    expect(catalogue.find({ protocol: "echonet", eojClass: "0x026b" })).toBeDefined();
  });

  it("prefers the most specific match", () => {
    const special = folderWith("special", { ...any, manufacturer: "0x00000B" });
    const catalogue = loadCatalogue([special, shipped]);
    expect(catalogue.find(key)?.title).toBe("special");
    expect(catalogue.find({ ...key, manufacturer: "0x000016" })?.title).toBe("Light");
  });

  it("prefers the later folder among equally specific ones", () => {
    const [first, second] = [folderWith("first", any), folderWith("second", any)];
    expect(loadCatalogue([shipped, first, second]).find(key)?.title).toBe("second");
    expect(loadCatalogue([second, first]).find(key)?.title).toBe("first");
  });

  it("takes the most specific of a descriptor's own matches", () => {
    const broad = folderWith("broad", any, { ...any, manufacturer: "0x00000b", product: "LG-7" });
    const narrow = folderWith("narrow", { ...any, manufacturer: "0x00000b" });
    expect(loadCatalogue([broad, narrow]).find(key)?.title).toBe("broad");
  });

  it("reads sub-folders, and no file that is not a descriptor of a package", () => {
    cpSync(shipped, join(folder, "copy"), { recursive: true });
    expect(loadCatalogue([join(folder, "copy")]).list()).toHaveLength(115);
  });

  it("says which file is wrong, and where in it", () => {
    mkdirSync(join(folder, "echonet"));
    writeFileSync(join(folder, "echonet", "half.json"), '{"title": ');
    expect(() => loadCatalogue([folder])).toThrow(/half\.json: this is no JSON/);
    writeFileSync(join(folder, "echonet", "half.json"), '{"title": ""}');
    const error = thrownBy(() => loadCatalogue([folder]));
    expect(error.code).toBe("descriptor-invalid");
    expect(error.details["file"]).toBe(join(folder, "echonet", "half.json"));
  });

  it("leaves a broken file out and keeps the others, when somebody is there to be told", () => {
    cpSync(shipped, join(folder, "copy"), { recursive: true });
    writeFileSync(join(folder, "copy", "half.json"), "{");
    const told: HomeError[] = [];
    expect(loadCatalogue([join(folder, "copy")], (error) => told.push(error)).list()).toHaveLength(115);
    expect(told.map(({ code }) => code)).toEqual(["descriptor-invalid"]);
  });

  it("reads what an index tells only when it is asked for, and once", () => {
    cpSync(shipped, join(folder, "copy"), { recursive: true });
    const catalogue = loadCatalogue([join(folder, "copy")]);
    const found = catalogue.find(any);
    rmSync(join(folder, "copy", "echonet"), { recursive: true });
    expect(catalogue.find(any)).toBe(found);
    expect(() => catalogue.find({ ...any, eojClass: "0x0130" })).toThrow(/0130\.json/);
  });

  it("checks a file that was edited since its index was made, and falls back when it is not in order", () => {
    cpSync(shipped, join(folder, "copy"), { recursive: true });
    const edited = join(folder, "copy", "echonet", "0290.json");
    writeFileSync(edited, readFileSync(lamp, "utf8").replace('"title": "Light"', '"title": ""'));
    const told: HomeError[] = [];
    const catalogue = loadCatalogue([shipped, join(folder, "copy")], (error) => told.push(error));
    expect(told).toEqual([]);
    expect(catalogue.find(any)?.title).toBe("Light");
    expect(catalogue.find(any)?.title).toBe("Light");
    expect(told.map(({ details }) => details["file"])).toEqual([edited]);
  });

  it("goes without an index that cannot be read", () => {
    cpSync(shipped, join(folder, "copy"), { recursive: true, filter: (path) => !/echonet.0(?!011)/.test(path) });
    for (const index of [
      "{",
      "[]",
      '{"descriptors": [{"file": 7}]}',
      '{"descriptors": [{"file": "a", "match": [{}], "sha256": ""}]}',
    ]) {
      writeFileSync(join(folder, "copy", "index.json"), index);
      expect(loadCatalogue([join(folder, "copy")]).find({ ...any, eojClass: "0x0011" })?.["gk:kind"]).toBe("sensor");
    }
  }, 60_000);

  it("says which folder is not there", () => {
    const error = thrownBy(() => loadCatalogue([join(folder, "nowhere")]));
    expect(error.code).toBe("settings-invalid");
    expect(error.message).toContain("nowhere");
    const told: HomeError[] = [];
    expect(loadCatalogue([join(folder, "nowhere"), join(shipped, "av")], (one) => told.push(one)).list()).toHaveLength(
      2,
    );
    expect(told[0]).toMatchObject({ code: "settings-invalid", details: { folder: join(folder, "nowhere") } });
  });
});

function thrownBy(action: () => unknown): HomeError {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof HomeError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
