/**
 * Debian's own kernel and what it takes to build a module for it, unpacked into a folder that is kept: nothing is installed.
 * Undefined, with the reason, where they cannot be had.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DebianKernel {
  readonly version: string;
  readonly image: string;
  /** Modules in the order in which they are loaded, the virtual card last. */
  readonly modules: readonly string[];
  readonly busybox: string;
}

const source = join(import.meta.dirname, "virtual-card");
/** Loaded by name; what they need comes before them. */
const wanted = ["virtio_pci", "9pnet_virtio", "9p", "firewire-core"];

/** @throws Error with the reason */
export function debianKernel(): DebianKernel {
  const folder = join(
    process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? tmpdir(), ".cache"),
    "genkan-kernel",
  );
  mkdirSync(folder, { recursive: true });
  const [image, common, headers, kbuild, kernelSource] = orAfterUpdate(packages);
  const names = [image, common, headers, kbuild, kernelSource];
  const root = join(folder, image);
  if (!existsSync(join(root, "unpacked"))) unpack(folder, root, [...names, "busybox-static"]);
  const version = image.replace("linux-image-", "");
  const card = build(root, version, headers);
  return {
    version,
    image: join(root, "boot", `vmlinuz-${version}`),
    modules: [...withNeeded(join(root, "lib", "modules", version)), card],
    busybox: join(root, "bin", "busybox"),
  };
}

/** The kernel that Debian's own package stands for, and its companions of the same version. */
function packages(): [string, string, string, string, string] {
  const depends = (name: string): string[] =>
    run("apt-cache", ["depends", "--important", name])
      .split("\n")
      .flatMap((line) => /Depends: (\S+)/.exec(line)?.[1] ?? []);
  const image = depends("linux-image-amd64").find((name) => /^linux-image-\d/.test(name));
  const version = /^linux-image-((\d+\.\d+)\.\S+)-amd64$/.exec(image ?? "");
  if (image === undefined || version === null) throw new Error("Debian's linux-image-amd64 names no kernel");
  const [, abi = "", series = ""] = version;
  return [
    image,
    `linux-headers-${abi}-common`,
    `linux-headers-${abi}-amd64`,
    `linux-kbuild-${series}`,
    `linux-source-${series}`,
  ];
}

function unpack(folder: string, root: string, names: readonly string[]): void {
  const loads = join(folder, "packages");
  mkdirSync(loads, { recursive: true });
  orAfterUpdate(() => run("apt-get", ["download", ...names], loads));
  mkdirSync(root, { recursive: true });
  for (const file of readdirSync(loads).filter((name) => name.endsWith(".deb"))) {
    run("dpkg-deb", ["-x", join(loads, file), root]);
  }
  const tree = readdirSync(join(root, "usr", "src")).find((name) => /^linux-source-.*\.tar\.xz$/.test(name));
  if (tree === undefined) throw new Error("linux-source has no source in it");
  const header = `${tree.replace(".tar.xz", "")}/drivers/firewire/core.h`;
  run("tar", ["-xJf", join(root, "usr", "src", tree), "-C", root, "--strip-components=3", header]);
  writeFileSync(join(root, "unpacked"), "");
  run("rm", ["-r", loads, join(root, "usr", "src", tree)]);
}

/** Builds the virtual card against the headers of this very kernel. */
function build(root: string, version: string, headers: string): string {
  const work = join(root, "card");
  mkdirSync(work, { recursive: true });
  const tree = join(root, "usr", "src", headers);
  // The package expects to be installed.
  const makefile = join(tree, "Makefile");
  const text = readFileSync(makefile, "utf8");
  writeFileSync(makefile, text.replace("include /usr/src/", `include ${join(root, "usr", "src")}/`));
  for (const name of readdirSync(source)) {
    const isSame =
      existsSync(join(work, name)) && readFileSync(join(work, name)).equals(readFileSync(join(source, name)));
    if (!isSame) copyFileSync(join(source, name), join(work, name));
  }
  copyFileSync(join(root, "core.h"), join(work, "core.h"));
  run("make", ["-s", "-C", tree, `M=${work}`, "modules"]);
  const built = join(work, "genkan-card.ko");
  if (!existsSync(built)) throw new Error(`no module was built for Linux ${version}`);
  return built;
}

/** What a module says that it depends on stands in it as text. */
function withNeeded(folder: string): string[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ko"))
      .map((name) => [(name.split("/").at(-1) ?? "").replace(".ko", "").replaceAll("-", "_"), join(folder, name)]),
  );
  const order: string[] = [];
  const add = (name: string): void => {
    const file = files.get(name.replaceAll("-", "_"));
    // What is no file is built into the kernel.
    if (file === undefined || order.includes(file)) return;
    const [, needed = ""] = /\0?depends=([^\0]*)\0/.exec(readFileSync(file, "latin1")) ?? [];
    for (const one of needed.split(",").filter((one) => one !== "")) add(one);
    order.push(file);
  };
  for (const name of wanted) add(name);
  return order;
}

/** Lists of packages may be old, or not there at all. */
function orAfterUpdate<T>(act: () => T): T {
  try {
    return act();
  } catch {
    run("apt-get", ["update"]);
    return act();
  }
}

function run(command: string, args: readonly string[], cwd?: string): string {
  const options = {
    encoding: "utf8",
    maxBuffer: 50_000_000,
    timeout: 600_000,
    ...(cwd === undefined ? {} : { cwd }),
  } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
}
