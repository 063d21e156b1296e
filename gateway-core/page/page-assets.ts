/** The built page's files, read once: hashed names that never change, each with its precompressed forms (RFC 9110, 12.5.3). Opens files. */

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Log } from "../contract/clock.ts";
import { isJsonObject } from "../contract/json.ts";
import { accepts } from "./coding.ts";
import type { PageFiles } from "./html.ts";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};
const encodings = [
  { name: "br", ending: ".br" },
  { name: "gzip", ending: ".gz" },
];

export interface PageAssets {
  readonly files: PageFiles;
  /** Undefined where there is no such file. */
  answer(path: string, acceptEncoding: string | null): Response | undefined;
}

/** Without a built page (sources run unbuilt) the page is plain, and that is said once. */
export function readPageAssets(folder: string, log: Log): PageAssets {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const path = name.replaceAll("\\", "/");
      if (/^(assets\/[\w.-]+|icons\/[\w-]+\.png|favicon\.svg|manifest\.webmanifest)$/.test(path))
        contents.set(path, new Uint8Array(readFileSync(join(folder, name))));
    }
    const files = entryFiles(JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8")));
    return { files, answer: (path, accepted) => answer(contents, path, accepted) };
  } catch (cause) {
    log.write("warn", "page-not-built", { folder, cause: String(cause) });
    return { files: {}, answer: () => undefined };
  }
}

function answer(
  contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  path: string,
  acceptEncoding: string | null,
): Response | undefined {
  const plain = contents.get(path);
  const type = types[extname(path)];
  if (plain === undefined || type === undefined) return undefined;
  const encoding = encodings.find(({ name, ending }) => accepts(acceptEncoding, name) && contents.has(path + ending));
  const body = (encoding && contents.get(path + encoding.ending)) ?? plain;
  return new Response(body, {
    headers: {
      "content-type": type,
      "cache-control": path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "public, max-age=86400",
      vary: "accept-encoding",
      ...(encoding === undefined ? {} : { "content-encoding": encoding.name }),
    },
  });
}

/** Of Vite's manifest: the one entry, `{file, css: […], imports: […]}`, and what it asks for at once, the module that draws among it. */
function entryFiles(manifest: unknown): PageFiles {
  const chunks = new Map(
    Object.entries(isJsonObject(manifest) ? manifest : {}).map(([name, one]) => [name, parseChunk(one)]),
  );
  const [main, entry] = [...chunks].find(([, { isEntry }]) => isEntry) ?? [];
  const { file: script, css = [] } = entry ?? {};
  const [style] = css;
  // Its key is its path, from wherever the build was run.
  const [drawing = "", { imports = [] } = {}] = [...chunks].find(([name]) => /(?:^|\/)drawing\.ts$/.test(name)) ?? [];
  const names = new Set([...(entry?.imports ?? []), drawing, ...imports]);
  const ahead = [...names].filter((name) => name !== main).flatMap((name) => chunks.get(name)?.file ?? []);
  return { ...(script === undefined ? {} : { script }), ...(style === undefined ? {} : { style }), ahead };
}

function parseChunk(chunk: unknown) {
  const { file, css, imports, isEntry } = isJsonObject(chunk) ? chunk : {};
  const textsOf = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  return {
    file: typeof file === "string" ? file : undefined,
    css: textsOf(css),
    imports: textsOf(imports),
    isEntry: isEntry === true,
  };
}
