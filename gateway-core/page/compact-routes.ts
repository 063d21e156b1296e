/** The compact pages over HTTP: under `/c/`, each list split where it is too long (docs/interfaces.md, HTTP). */

import type { Hono } from "hono";
import { HomeError } from "../contract/errors.ts";
import type { PageDevice } from "../contract/page.ts";
import type { PageState } from "../contract/page-state.ts";
import { type CompactOptions, compactAsking, compactDevice, compactHome } from "./compact.ts";
import { asksFirst } from "./compact-widget.ts";
import type { PageContext, PageEnv } from "./page-env.ts";

/** Where its forms lead. */
export const compactPaths: { readonly property: "/c/d/:id/p/:name"; readonly action: "/c/d/:id/a/:name" } = {
  property: "/c/d/:id/p/:name",
  action: "/c/d/:id/a/:name",
};

export interface CompactRoutesOptions {
  /** What the viewer was granted. */
  readonly stateOf: (context: PageContext) => PageState;
  /** @throws HomeError `unknown-device` */
  readonly deviceOf: (context: PageContext, id: string) => PageDevice;
  readonly optionsOf: (context: PageContext) => Omit<CompactOptions, "root">;
}

export function addCompactRoutes(app: Hono<PageEnv>, { stateOf, deviceOf, optionsOf }: CompactRoutesOptions): void {
  const home = (context: PageContext, root: string): readonly string[] =>
    compactHome(stateOf(context), { ...optionsOf(context), root });
  const device = (context: PageContext, id: string, root: string): readonly string[] =>
    compactDevice(deviceOf(context, id), { ...optionsOf(context), root });

  app.get("/c", ({ req }) => new Response(null, { status: 302, headers: { location: new URL("/c/", req.url).href } }));
  app.get("/c/", (context) => compactAnswer(at(home(context, ""), "1")));
  app.get("/c/p/:page", (context) => compactAnswer(at(home(context, "../"), context.req.param("page"))));
  app.get("/c/d/:id", (context) => compactAnswer(at(device(context, context.req.param("id"), "../"), "1")));
  app.get("/c/d/:id/:page", (context) =>
    compactAnswer(at(device(context, context.req.param("id"), "../../"), context.req.param("page"))),
  );
  for (const path of [compactPaths.action, compactPaths.property]) {
    app.get(path, (context) => {
      const [id, name] = [context.req.param("id"), context.req.param("name")];
      const one = deviceOf(context, id);
      if (!asksFirst(one, name))
        throw new HomeError("unknown-action", `the device does not ask before ${name}`, { name });
      return compactAnswer(compactAsking(one, name, { ...optionsOf(context), root: "../../../" }));
    });
  }
}

/** Nothing of it runs, loads or looks like anything. */
export const compactHeaders = {
  "content-type": "text/html; charset=UTF-8",
  "cache-control": "private, no-cache",
  "content-security-policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  vary: "accept-language",
};

const compactAnswer = (page: string): Response => new Response(page, { headers: compactHeaders });

/** @throws HomeError `not-found` */
function at(pages: readonly string[], page: string): string {
  const found = /^[1-9]\d?$/.test(page) ? pages[Number(page) - 1] : undefined;
  if (found === undefined) throw new HomeError("not-found", `there is no page ${page}`, { page });
  return found;
}
