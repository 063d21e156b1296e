/** The lock files install on every platform: npm silently writes locks that lack other platforms' binaries. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly optional?: boolean;
}
interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}
interface Manifest {
  readonly engines?: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(packageRoot(), ...path), "utf8")) as T;

describe.each([["package-lock.json"], ["toolchain/package-lock.json"]])("%s", (file) => {
  const { packages } = read<Lock>(file);

  it("holds every platform's binary that any locked package asks for", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => packages[`${path === "" ? "" : `${path}/`}node_modules/${name}`] === undefined)
        .filter((name) => packages[`node_modules/${name}`] === undefined)
        .map((name) => `${path} → ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("is what `npm ci` takes for this package.json, without a word to the registry", { timeout: 120_000 }, () => {
    const folder = dirname(join(packageRoot(), file));
    const args = ["ci", "--dry-run", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    expect(status, stderr).toBe(0);
  });

  it("holds the binaries of other platforms at all", () => {
    const names = Object.keys(packages).join("\n");
    for (const platform of ["linux-x64", "linux-arm64"]) expect(names).toContain(platform);
  });
});

describe("package.json", () => {
  const manifest = read<Manifest>("package.json");

  it("accepts the oldest Node that Node-RED 5 accepts", () => {
    expect(manifest.engines?.node).toBe(">=22.9");
  });

  it("has at most six runtime dependencies, each pinned to one version", () => {
    const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies };
    expect(Object.keys(runtime).length).toBeLessThanOrEqual(6);
    for (const version of Object.values({ ...runtime, ...manifest.devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
