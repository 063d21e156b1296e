/** The control page over HTTP, at the gateway and through the access broker alike (docs/interfaces.md, HTTP). */

import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { Host } from "../contract/clock.ts";
import type { Device } from "../contract/device.ts";
import { HomeError, httpStatusOf, toHomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Control } from "../contract/messages.ts";
import type { PageDevice } from "../contract/page.ts";
import { sayError } from "../contract/page-words.ts";
import { type Handler, problemResponse } from "../contract/web.ts";
import { addCommandRoutes } from "./command-routes.ts";
import { createFormTokens } from "./form-token.ts";
import { type PageFiles, type PageOptions, renderDevice, renderHome, renderProblem } from "./html.ts";
import { speechOf } from "./language.ts";
import { readPageAssets } from "./page-assets.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import type { PageFeed } from "./page-feed.ts";

export interface PageHandlerOptions {
  readonly feed: PageFeed;
  readonly control: Control;
  readonly things: () => readonly Device[];
  /** The W3C Thing Description of a device. */
  readonly describe: (device: Device) => JsonObject;
  /** The folder of the built page. */
  readonly assets: string;
  readonly host: Host;
}

/** Nothing runs, loads or is framed but what the gateway itself serves; Lit's templates are the one trusted type. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html",
].join("; ");

const pageHeaders = {
  "cache-control": "private, no-cache",
  "content-security-policy": contentSecurityPolicy,
  "referrer-policy": "same-origin",
  vary: "accept-language",
};

export function createPageHandler({ feed, control, things, describe, assets, host }: PageHandlerOptions): Handler {
  const app = new Hono<PageEnv>();
  const built = readPageAssets(assets, host.log);
  const tokens = createFormTokens(host.ids.fresh());

  const optionsOf = (context: PageContext): PageOptions => {
    const speech = speechOf(context.req.header("accept-language") ?? null);
    const result = context.req.query("result");
    const { texts } = speech;
    const { viewer } = context.env;
    const notice = result === "sent" || result === "done" ? texts[result] : result && sayError(result, speech);
    return {
      files: built.files,
      speech,
      now: host.clock.now(),
      token: tokens.tokenFor(viewer.session),
      ...(notice ? { notice } : {}),
      ...(viewer.from === "remote" ? { viewer: viewer.name } : {}),
    };
  };

  for (const path of ["/assets/:file", "/favicon.svg"]) {
    app.get(path, ({ req }) => built.answer(req.path.slice(1), req.header("accept-encoding") ?? null) ?? notFound(req));
  }
  app.use(async (_, next) => {
    if (!feed.isOffered) throw new HomeError("page-not-wired", "the flow wires no devices to this page now");
    await next();
  });

  app.get("/", (context) => pageAnswer(context, renderHome(feed.state, optionsOf(context)), preloadsOf(built.files)));
  app.get("/devices/:id", (context) =>
    pageAnswer(context, renderDevice(deviceOf(feed, context.req.param("id")), optionsOf(context))),
  );

  app.get("/api/home", () => {
    const { type: _, ...snapshot } = feed.snapshot();
    return json(snapshot);
  });
  app.get("/api/events", ({ req }) => {
    const body = feed.open(req.header("last-event-id"), req.raw.signal);
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
    return new Response(body, { headers });
  });
  app.get("/api/devices/:id/properties", ({ req }) => {
    const values = Object.entries(deviceOf(feed, req.param("id")).values);
    return json(Object.fromEntries(values.map(([name, { value }]) => [name, value])));
  });
  app.get("/api/devices/:id/properties/:name", ({ req }) => json(propertyOf(feed, req.param("id"), req.param("name"))));
  addCommandRoutes(app, { control, tokens, host });

  app.get("/things", () => json(things().map(describe)));
  app.get("/things/:id", ({ req }) => {
    const id = req.param("id");
    const device = things().find((thing) => thing.id === id) ?? unknownDevice(id);
    return json(describe(device), "application/td+json");
  });

  for (const { path } of [...new Map(app.routes.map((route) => [route.path, route])).values()]) {
    if (!path.includes("*")) app.all(path, ({ req }) => methodNotAllowed(req));
  }
  app.notFound(({ req }) => notFound(req));
  app.onError((thrown, context) => (isForPerson(context) ? problemPage(thrown, context) : problemResponse(thrown)));

  /** A person who opened an address gets words, a program the code. */
  function problemPage(thrown: unknown, context: PageContext): Response {
    const { code } = toHomeError(thrown);
    const { speech, files } = optionsOf(context);
    const { texts } = speech;
    const special: Readonly<Record<string, string>> = {
      "page-not-wired": texts.pageNotWired,
      "not-found": texts.notFound,
    };
    const root = "../".repeat(context.req.path.split("/").length - 2);
    const page = renderProblem(special[code] ?? sayError(code, speech), { speech, files, root });
    const headers = { ...pageHeaders, "content-type": "text/html; charset=UTF-8" };
    return new Response(page, { status: httpStatusOf[code], headers });
  }

  return async (request, viewer) => {
    const response = await app.fetch(request, { viewer });
    response.headers.set("x-content-type-options", "nosniff");
    return response;
  };
}

/** With its tag, so that who has it already need not be sent it again (RFC 9110 §13.1.2). */
function pageAnswer(context: PageContext, page: string, more: Readonly<Record<string, string>> = {}): Response {
  const etag = `W/"${createHash("sha256").update(page).digest("base64url").slice(0, 27)}"`;
  const headers = { ...pageHeaders, ...more, etag };
  const isKnown =
    context.req
      .header("if-none-match")
      ?.split(/\s*,\s*/)
      .includes(etag) === true;
  return isKnown ? new Response(null, { status: 304, headers }) : context.html(page, 200, headers);
}

/** What the page needs, for browsers and the access broker to fetch before they have read it (RFC 8288). */
function preloadsOf({ style, script }: PageFiles): Readonly<Record<string, string>> {
  const links = [
    ...(style === undefined ? [] : [`<${style}>; rel=preload; as=style`]),
    ...(script === undefined ? [] : [`<${script}>; rel=modulepreload`]),
  ];
  return links.length > 0 ? { link: links.join(", ") } : {};
}

function json(value: unknown, type = "application/json"): Response {
  return Response.json(value, { headers: { "content-type": type, "cache-control": "no-store" } });
}

function isForPerson({ req }: PageContext): boolean {
  return req.method === "GET" && !req.path.startsWith("/api/") && (req.header("accept") ?? "").includes("text/html");
}

function deviceOf(feed: PageFeed, id: string): PageDevice {
  return feed.state.devices.get(id) ?? unknownDevice(id);
}

function propertyOf(feed: PageFeed, id: string, name: string) {
  const { values } = deviceOf(feed, id);
  const state = Object.hasOwn(values, name) ? values[name] : undefined;
  if (state === undefined) throw new HomeError("unknown-property", `the device has no property ${name}`, { name });
  return state.value;
}

function unknownDevice(id: string): never {
  throw new HomeError("unknown-device", `no device ${id} is known`, { device: id });
}

function notFound({ path }: { readonly path: string }): never {
  throw new HomeError("not-found", `there is nothing at ${path}`, { path });
}

function methodNotAllowed({ method, path }: { readonly method: string; readonly path: string }): never {
  throw new HomeError("method-not-allowed", `${method} does nothing at ${path}`, { method, path });
}
