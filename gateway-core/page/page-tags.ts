/** What pages carry for those who keep them: a tag by which they ask whether it is still so (RFC 9110 §8.8.3, §13.1.2), and what the page needs (RFC 8288). */

import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { PageFiles } from "./html.ts";
import type { PageEnv } from "./page-env.ts";

export function tagPages({ style, script }: PageFiles): MiddlewareHandler<PageEnv> {
  const needed = [
    ...(style === undefined ? [] : [`<${style}>; rel=preload; as=style`]),
    ...(script === undefined ? [] : [`<${script}>; rel=modulepreload`]),
  ].join(", ");

  return async (context, next) => {
    await next();
    const { req, res } = context;
    const isPage = res.status === 200 && res.headers.get("content-type")?.startsWith("text/html") === true;
    if (req.method !== "GET" || !isPage || res.headers.has("set-cookie")) return;
    const page = await res.bytes();
    const headers = new Headers(res.headers);
    const etag = `W/"${createHash("sha256").update(page).digest("base64url").slice(0, 27)}"`;
    headers.set("etag", etag);
    if (req.path === "/" && needed !== "") headers.set("link", needed);
    const isKnown =
      req
        .header("if-none-match")
        ?.split(/\s*,\s*/)
        .includes(etag) === true;
    context.res = undefined;
    context.res = isKnown ? new Response(null, { status: 304, headers }) : new Response(page, { headers });
  };
}
