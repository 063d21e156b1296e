/** The node-side build for vite.config.ts: the `genkan` command and the Node-RED nodes, with shared chunks, unminified. */

import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import type { Plugin, UserConfig } from "vite";

const root = join(import.meta.dirname, "..");
const nodes = join(root, "nodes");
const nodeNames = readdirSync(nodes)
  .filter((name) => name.startsWith("genkan-") && name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length));

const manifest: Readonly<Record<string, object>> = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** What stays outside of the bundle: Node itself and what npm installs beside it. */
const installed = ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((kind) =>
  Object.keys(manifest[kind] ?? {}),
);
const isExternal = (id: string): boolean =>
  id.startsWith("node:") ||
  builtinModules.includes(id) ||
  installed.some((name) => id === name || id.startsWith(`${name}/`));

/** Emits each node's html, and the dictionaries and helps of each language, where Node-RED looks for them. */
const nodeRedFiles: Plugin = {
  name: "genkan-node-red-files",
  generateBundle() {
    const emit = (path: string): unknown =>
      this.emitFile({ type: "asset", fileName: `nodes/${path}`, source: readFileSync(join(nodes, path), "utf8") });
    for (const name of nodeNames) emit(`${name}.html`);
    for (const language of readdirSync(join(nodes, "locales"))) {
      for (const file of readdirSync(join(nodes, "locales", language))) emit(`locales/${language}/${file}`);
    }
  },
};

export const nodeBuild: UserConfig = {
  plugins: [nodeRedFiles],
  publicDir: false,
  // Vite prefers what a package made for browsers, and that of ws is a function that throws.
  resolve: { alias: [{ find: /^ws$/, replacement: join(root, "node_modules", "ws", "wrapper.mjs") }] },
  build: {
    outDir: join(root, "dist"),
    emptyOutDir: false,
    target: "node22",
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    lib: {
      entry: {
        genkan: join(root, "command", "genkan.ts"),
        // A thread of its own begins with a file of its own.
        "firewire-thread": join(root, "gateway-core", "ieee1394", "linux", "card-thread.ts"),
        ...Object.fromEntries(nodeNames.map((name) => [`nodes/${name}`, join(nodes, `${name}.ts`)])),
      },
      formats: ["es"],
    },
    rolldownOptions: {
      external: isExternal,
      platform: "node",
      output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
};
