/** Puts its token into the forms of every page that leaves, once the page is whole (form-token.ts). */

import type { MiddlewareHandler } from "hono";
import type { FormTokens } from "./form-token.ts";
import type { PageEnv } from "./page-env.ts";

export function sealForms(tokens: Pick<FormTokens, "seal">): MiddlewareHandler<PageEnv> {
  return async (context, next) => {
    await next();
    const { res, env } = context;
    if (res.headers.get("content-type")?.startsWith("text/html") !== true) return;
    const { status, headers } = res;
    const page = tokens.seal(await res.text(), env.viewer.session);
    context.res = undefined;
    context.res = new Response(page, { status, headers });
  };
}
