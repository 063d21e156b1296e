import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPageAssets } from "../../gateway-core/page/page-assets.ts";
import { FakeLog } from "../fakes/fake-host.ts";

function built() {
  const folder = mkdtempSync(join(tmpdir(), "genkan-page-"));
  for (const inner of ["assets", ".vite"]) mkdirSync(join(folder, inner));
  const manifest = {
    "_words.js": { file: "assets/words-1.js" },
    "_lit.js": { file: "assets/lit-1.js" },
    "ui/drawing.ts": { file: "assets/drawing-1.js", imports: ["_words.js", "_lit.js", "main.ts"] },
    "main.ts": { file: "assets/main-1.js", isEntry: true, imports: ["_words.js"], css: ["assets/main-1.css"] },
    "player.ts": { file: "assets/player-1.js", imports: ["_lit.js"] },
  };
  writeFileSync(join(folder, ".vite", "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "assets", "main-1.js"), "plain");
  writeFileSync(join(folder, "assets", "main-1.js.br"), "brotli");
  writeFileSync(join(folder, "assets", "main-1.js.gz"), "gzip");
  writeFileSync(join(folder, "assets", "main-1.css"), "css");
  mkdirSync(join(folder, "icons"));
  for (const file of ["favicon.svg", "manifest.webmanifest", "icons/icon-192.png", "icons/icon.svg"]) {
    writeFileSync(join(folder, file), file.slice(-3));
  }
  const log = new FakeLog();
  return { log, assets: readPageAssets(folder, log) };
}

describe("The built page's files", () => {
  it("are found in the manifest, with the modules that the script asks for at once", () => {
    expect(built().assets.files).toEqual({
      script: "assets/main-1.js",
      style: "assets/main-1.css",
      ahead: ["assets/words-1.js", "assets/drawing-1.js", "assets/lit-1.js"],
    });
  });

  it.each([
    [null, "plain", null],
    ["identity", "plain", null],
    ["gzip, deflate, br", "brotli", "br"],
    ["gzip", "gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip", "gzip"],
    ["br;q=0.000", "plain", null],
  ])("are sent to who accepts %s as %s", async (accepted, body, encoding) => {
    const response = built().assets.answer("assets/main-1.js", accepted);
    expect([await response?.text(), response?.headers.get("content-encoding")]).toEqual([body, encoding]);
    expect(response?.headers.get("vary")).toBe("accept-encoding");
  });

  it("never change under a hashed name", () => {
    const { assets } = built();
    expect(assets.answer("assets/main-1.css", "br")?.headers.get("cache-control")).toMatch(/immutable/);
    expect(assets.answer("favicon.svg", null)?.headers.get("cache-control")).not.toMatch(/immutable/);
    expect(assets.answer("favicon.svg", null)?.headers.get("content-type")).toBe("image/svg+xml");
    expect(assets.answer("icons/icon-192.png", null)?.headers.get("content-type")).toBe("image/png");
    const manifest = assets.answer("manifest.webmanifest", null);
    expect(manifest?.headers.get("content-type")).toBe("application/manifest+json");
  });

  it.each([
    "assets/../.vite/manifest.json",
    ".vite/manifest.json",
    "assets/nothing.js",
    "assets/main-1.js.br",
    "icons/icon.svg",
    "",
  ])("are these alone, not %s", (path) => expect(built().assets.answer(path, null)).toBeUndefined());

  it("may be missing: the page is plain then, and that is said", () => {
    const log = new FakeLog();
    const assets = readPageAssets("/nowhere", log);
    expect([assets.files, assets.answer("assets/x.js", null), log.events("warn")]).toEqual([
      {},
      undefined,
      ["page-not-built"],
    ]);
  });
});
