/** What runs in the guest, in two files: read over a slow wire by an emulated processor, hundreds of sources would take their time. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";

const root = join(import.meta.dirname, "..", "..");
/** An npm package with a native part: it stays where it is installed, since the files are elsewhere. */
const koffi = pathToFileURL(join(root, "node_modules", "koffi", "index.js")).href;

/** @returns the program's file in `folder`; the thread of the product's bus lies beside it, where the product looks for it. */
export async function buildGuest(folder: string): Promise<string> {
  await build({
    ...{ root, configFile: false, publicDir: false, logLevel: "error" },
    plugins: [
      {
        name: "genkan-installed",
        enforce: "pre",
        resolveId: (id) => (id === "koffi" ? { id: koffi, external: true } : null),
      },
    ],
    build: {
      ...{ outDir: folder, emptyOutDir: false, target: "node24", minify: false, reportCompressedSize: false },
      lib: {
        entry: {
          "guest-program": join(import.meta.dirname, "guest-program.ts"),
          "firewire-thread": join(root, "gateway-core", "ieee1394", "linux", "card-thread.ts"),
        },
        formats: ["es"],
      },
      rolldownOptions: {
        external: /^node:/,
        platform: "node",
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return join(folder, "guest-program.js");
}
