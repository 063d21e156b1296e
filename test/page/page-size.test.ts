import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readPageAssets } from "../../gateway-core/page/page-assets.ts";
import { packageRoot } from "../../host/package-root.ts";
import { FakeLog } from "../fakes/fake-host.ts";

const folder = join(packageRoot(), "dist", "ui");

describe("The built page (npm run build)", () => {
  const log = new FakeLog();
  const { files, answer } = readPageAssets(folder, log);

  it("is there, with its script and style, precompressed", () => {
    expect(log.lines).toEqual([]);
    for (const path of [files.script, files.style]) {
      expect(answer(path ?? "", "br")?.headers.get("content-encoding")).toBe("br");
      expect(answer(path ?? "", "gzip")?.headers.get("content-encoding")).toBe("gzip");
    }
  });

  it("loads at most 30 kB of script first, gzipped, and asks ahead for each of its files", () => {
    const first = [files.script ?? "", ...(files.ahead ?? [])];
    const scripts = new Map(first.map((file) => [file, readFileSync(join(folder, file))]));
    // What is fetched later, by whoever opens a chart, is no part of the first load.
    for (const script of scripts.values()) {
      for (const [, name] of script.toString("utf8").matchAll(/\bimport\b[^"'()]*["'`]\.\/([^"'`]+)/g)) {
        expect([...scripts.keys()]).toContain(`assets/${name}`);
      }
    }
    expect(first).toContainEqual(expect.stringMatching(/^assets\/drawing-/));
    const octets = [...scripts.values()].map((script) => gzipSync(script, { level: 9 }).byteLength);
    expect(octets.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(30_000);
  });

  it("loads the player only when somebody watches, and it is at most 6 kB", () => {
    const player = readdirSync(join(folder, "assets")).filter((name) => /^gk-player-.*\.(?:js|css)$/.test(name));
    expect(player).toHaveLength(1);
    const octets = player.map((name) => gzipSync(readFileSync(join(folder, "assets", name)), { level: 9 }).byteLength);
    expect(octets.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(6_000);
  });
});
