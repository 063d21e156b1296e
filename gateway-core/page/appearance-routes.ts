/** How a device appears to everybody: read and changed by programs as JSON, by people with a form (docs/interfaces.md, HTTP). */

import type { Hono } from "hono";
import { type AppearanceChange, type Arrange, parseAppearanceChange } from "../contract/appearance.ts";
import type { Host } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { mayArrange, windowRefusal } from "../contract/grant.ts";
import type { PageDevice } from "../contract/page.ts";
import type { FormTokens } from "./form-token.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { checkOrigin, readForm, readJson } from "./request-reader.ts";

export interface AppearanceRoutesOptions {
  readonly arrange: Arrange;
  readonly tokens: FormTokens;
  readonly host: Host;
  /** What the viewer may see. @throws HomeError `unknown-device` */
  readonly deviceOf: (context: PageContext, id: string) => PageDevice;
}

export function addAppearanceRoutes(app: Hono<PageEnv>, options: AppearanceRoutesOptions): void {
  const { arrange, tokens, host, deviceOf } = options;
  const path = "/api/devices/:id/appearance";
  const headers = { "cache-control": "no-store" };

  app.get(path, (context) => Response.json(deviceOf(context, context.req.param("id")).appearance ?? {}, { headers }));
  app.put(path, async (context) => {
    checkOrigin(context.req.raw, context.env.viewer);
    const change = parseAppearanceChange(await readJson(context.req.raw));
    return Response.json(keep(context, context.req.param("id"), change), { headers });
  });
  app.post(path, async (context) => {
    const id = context.req.param("id");
    let outcome = "done";
    try {
      checkOrigin(context.req.raw, context.env.viewer);
      const form = await readForm(context.req.raw);
      tokens.check(context.env.viewer.session, form.get("token"));
      keep(context, id, parseAppearanceChange(changeOf(form)));
    } catch (thrown) {
      outcome = toHomeError(thrown).code;
    }
    const location = `../../../devices/${encodeURIComponent(id)}?result=${outcome}`;
    return new Response(null, { status: 303, headers: { ...headers, location } });
  });

  /** @throws HomeError `unknown-device`, `not-granted` */
  function keep(context: PageContext, id: string, change: AppearanceChange) {
    const { grant } = context.env.viewer;
    const refusal = windowRefusal(grant, host.clock.now());
    if (refusal !== undefined) throw refusal;
    deviceOf(context, id);
    if (!mayArrange(grant, id)) {
      throw new HomeError("not-granted", "only who controls all of a device may arrange it", { device: id });
    }
    return arrange(id, change);
  }
}

/** Of a whole form: what is left empty is taken back. */
function changeOf(form: URLSearchParams): unknown {
  const text = (name: string): string | null => form.get(name)?.trim() || null;
  const order = text("order");
  return {
    ...{ name: text("name"), room: text("room"), icon: text("icon") },
    order: order === null ? null : Number(order),
    ...{ isFavourite: form.has("isFavourite"), isHidden: form.has("isHidden") },
  };
}
