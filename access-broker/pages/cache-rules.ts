/**
 * What of a home's answers the access broker may keep. A path alone makes nothing cacheable, and no ending of a path
 * does (web cache deception): only the few paths named here, and only when the home's own answer says the same. Data
 * (`/api/…`, `/things`) is never among them. Pure.
 */

/** Files of the page, whose names change with their content. */
const assetPath = /^\/assets\/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,126}$/;
const assetTypes: Readonly<Record<string, readonly string[]>> = {
  css: ["text/css"],
  js: ["text/javascript", "application/javascript"],
  svg: ["image/svg+xml"],
  png: ["image/png"],
  woff2: ["font/woff2"],
};
/** What a person looks at. The compact ones are split in pieces. */
const pagePath = /^\/(?:devices\/[a-z0-9-]{1,128}|c(?:\/[A-Za-z0-9_.~-]{1,128}){0,3}\/?)?$/;

/** Longer answers pass, and are not kept. */
export const longestKept: number = 1024 * 1024;

export type Keeping = "asset" | "page" | "nothing";

/** By the request alone: whether its answer may turn out to be one that is kept. `target` is as it was sent. */
export function keepingOf(method: string, target: string): Keeping {
  if (method !== "GET") return "nothing";
  return assetPath.test(target) ? "asset" : pagePath.test(target) ? "page" : "nothing";
}

/** Whether the home's answer says of itself that it is the same for everybody, always. */
export function isSharedAsset(target: string, status: number, headers: Headers): boolean {
  const [, ending = ""] = /\.([a-z0-9]+)$/.exec(target) ?? [];
  const told = directives(headers);
  const vary = headers.get("vary")?.trim().toLowerCase() ?? "accept-encoding";
  return (
    status === 200 &&
    (assetTypes[ending] ?? []).includes(typeOf(headers)) &&
    told.includes("public") &&
    told.includes("immutable") &&
    !told.some((one) => /^(?:private|no-store|no-cache)/.test(one)) &&
    vary === "accept-encoding" &&
    !headers.has("set-cookie")
  );
}

/** Whether the answer is a page that may be kept for the one session that it was given to. */
export function isOwnPage(status: number, headers: Headers): boolean {
  return (
    status === 200 &&
    ["text/html", "application/xhtml+xml"].includes(typeOf(headers)) &&
    !directives(headers).includes("no-store") &&
    !headers.has("set-cookie") &&
    !headers.has("content-encoding")
  );
}

const directives = (headers: Headers): readonly string[] =>
  (headers.get("cache-control") ?? "").toLowerCase().split(/\s*,\s*/);
const typeOf = (headers: Headers): string => headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
