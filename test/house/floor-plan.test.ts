/** The floor plan's rules catch what they forbid: each is planted in a temporary copy and must be found there. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";

const root = packageRoot();
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "genkan-house-"));
  cpSync(join(root, "biome.json"), join(copy, "biome.json"));
  cpSync(join(root, "gateway-core", "contract"), join(copy, "gateway-core", "contract"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  spawnSync("git", ["init", "--quiet"], { cwd: copy });
  writeFileSync(join(copy, ".gitignore"), "node_modules\n");
});

afterAll(() => rmSync(copy, { recursive: true }));

/** What the linter says of a tree with these files planted in it. */
function lint(planted: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(planted)) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const { stdout, stderr } = spawnSync(process.execPath, [biome, "lint", "--max-diagnostics=50"], {
    cwd: copy,
    encoding: "utf8",
  });
  for (const path of Object.keys(planted)) rmSync(join(copy, path));
  return `${stdout}${stderr}`;
}

const imports = (path: string): string => `import { a } from "${path}";\nexport const b = a;\n`;
const a = "export const a = 1;\n";

describe("The linter", () => {
  it("finds nothing in the copy before anything is planted", () => {
    expect(lint({})).toMatch(/No fixes applied/);
    expect(lint({})).not.toMatch(/lint\//);
  });

  it.each([
    ["a gateway room that imports a room", "gateway-core/hall/b.ts", "../kitchen/a.ts", "gateway-core/kitchen/a.ts"],
    [
      "a nested file of a room that imports a room",
      "gateway-core/hall/in/b.ts",
      "../../kitchen/a.ts",
      "gateway-core/kitchen/a.ts",
    ],
    ["a broker room that imports a room", "access-broker/hall/b.ts", "../kitchen/a.ts", "access-broker/kitchen/a.ts"],
    [
      "a broker room that imports a gateway room",
      "access-broker/hall/b.ts",
      "../../gateway-core/kitchen/a.ts",
      "gateway-core/kitchen/a.ts",
    ],
    ["the contract that imports a room", "gateway-core/contract/b.ts", "../kitchen/a.ts", "gateway-core/kitchen/a.ts"],
    ["a node that imports a room", "nodes/b.ts", "../gateway-core/kitchen/a.ts", "gateway-core/kitchen/a.ts"],
    ["the command that imports a room", "command/b.ts", "../access-broker/kitchen/a.ts", "access-broker/kitchen/a.ts"],
    ["the page that imports a room", "ui/b.ts", "../gateway-core/kitchen/a.ts", "gateway-core/kitchen/a.ts"],
    [
      "an element of the page that imports a room",
      "ui/elements/b.ts",
      "../../gateway-core/kitchen/a.ts",
      "gateway-core/kitchen/a.ts",
    ],
    ["a room that imports a test", "gateway-core/hall/b.ts", "../../test/a.ts", "test/a.ts"],
    [
      "a simulated device that imports the gateway's codec",
      "simulated-home/b.ts",
      "../gateway-core/kitchen/a.ts",
      "gateway-core/kitchen/a.ts",
    ],
    ["a front door that imports a test", "gateway-core/b.ts", "../test/a.ts", "test/a.ts"],
  ])("catches %s", (_what, from, path, target) => {
    const told = lint({ [from]: imports(path), [target]: a });
    expect(told).toContain("noRestrictedImports");
    expect(told).toContain(from);
  });

  it("lets a room import its own files, the contract and bytes", () => {
    const files = {
      "gateway-core/hall/a.ts": a,
      "gateway-core/bytes/a.ts": a,
      "gateway-core/hall/b.ts": imports("./a.ts"),
      "gateway-core/hall/c.ts": imports("../bytes/a.ts"),
      "gateway-core/hall/in/d.ts": imports("../a.ts"),
      "access-broker/hall/e.ts":
        'import { isJsonObject } from "../../gateway-core/contract/json.ts";\nexport const b = isJsonObject;\n',
    };
    expect(lint(files)).not.toMatch(/lint\//);
  });

  it("catches an import cycle, and one of types alone", () => {
    const cycle = (keyword: string) => ({
      "gateway-core/hall/a.ts": `${keyword} { B } from "./b.ts";\nexport interface A { b: B }\n`,
      "gateway-core/hall/b.ts": `${keyword} { A } from "./a.ts";\nexport interface B { a: A }\n`,
    });
    expect(lint(cycle("import"))).toContain("noImportCycles");
    expect(lint(cycle("import type"))).toContain("noImportCycles");
  });

  it.each(["ui/b.ts", "gateway-core/contract/b.ts", "gateway-core/bytes/b.ts"])(
    "catches a Node module in %s",
    (from) => {
      const told = lint({ [from]: 'import { join } from "node:path";\nexport const b = join;\n' });
      expect(told).toContain("noNodejsModules");
    },
  );

  it("catches a package in the contract", () => {
    expect(lint({ "gateway-core/contract/b.ts": 'import { html } from "lit";\nexport const b = html;\n' })).toContain(
      "noRestrictedImports",
    );
  });

  it("catches a file of more than 300 lines", () => {
    expect(
      lint({
        "gateway-core/hall/a.ts": Array.from({ length: 301 }, (_, n) => `export const a${n} = 1;\n`).join(""),
      }),
    ).toContain("noExcessiveLinesPerFile");
  });

  it("catches any and a default export", () => {
    expect(lint({ "gateway-core/hall/a.ts": "export const a: any = 1;\n" })).toContain("noExplicitAny");
    expect(lint({ "gateway-core/hall/a.ts": "export default 1;\n" })).toContain("noDefaultExport");
  });
});
