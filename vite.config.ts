/** Two builds: mode "ui" makes the page (`dist/ui`), mode "node" the command and the Node-RED nodes. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { nodeBuild } from "./toolchain/vite-node.ts";

const root = import.meta.dirname;

/** Node-RED's server does not compress: every text file gets its brotli and gzip beside it. */
const precompress: Plugin = {
  name: "genkan-precompress",
  writeBundle({ dir = "" }) {
    for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:css|js|svg)$/.test(name)) continue;
      const plain = readFileSync(join(dir, name));
      const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(plain, { params: quality }));
      writeFileSync(join(dir, `${name}.gz`), gzipSync(plain, { level: 9 }));
    }
  },
};

/** What is fetched later brings no style sheet and no second file: Vite's own helper, which looks after those, stays out of the first load. */
const plainImport: Plugin = {
  name: "genkan-plain-import",
  enforce: "pre",
  load: (id) => (id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : null),
  generateBundle(_, bundle) {
    for (const { type, fileName } of Object.values(bundle)) {
      if (type === "asset" && fileName.endsWith(".css") && !/(?:^|\/)main-/.test(fileName)) {
        this.error(`${fileName} would never be fetched: import the style sheet in ui/main.ts`);
      }
    }
  },
};

/** The gateway serves the page's HTML itself and finds the hashed names in the manifest; relative, so that any path may hold it. */
const pageBuild: UserConfig = {
  root: join(root, "ui"),
  base: "./",
  publicDir: join(root, "ui", "public"),
  plugins: [plainImport, precompress],
  build: {
    outDir: join(root, "dist", "ui"),
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: join(root, "ui", "main.ts"),
      // All of Lit comes with what draws first: what is fetched later need not bring the rest of it.
      output: {
        codeSplitting: {
          groups: [{ name: "lit", test: /node_modules\/(?:@lit|lit|lit-element|lit-html)\/|\/light-element\.ts$/ }],
        },
      },
    },
  },
};

export default defineConfig(({ mode }) => (mode === "ui" ? pageBuild : nodeBuild));
