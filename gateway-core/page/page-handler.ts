/** The control page over HTTP, at the gateway and through the access broker alike (docs/interfaces.md, HTTP). */

import { Hono } from "hono";
import type { Arrange } from "../contract/appearance.ts";
import { attentionPath } from "../contract/attention.ts";
import type { Host } from "../contract/clock.ts";
import type { Device } from "../contract/device.ts";
import { HomeError, httpStatusOf, toHomeError } from "../contract/errors.ts";
import { windowRefusal } from "../contract/grant.ts";
import type { History } from "../contract/history.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Control } from "../contract/messages.ts";
import type { PageDevice } from "../contract/page.ts";
import { pageSnapshot } from "../contract/page-state.ts";
import { sayError, sayRoom } from "../contract/page-words.ts";
import { pageWorker, pageWorkerHeaders, pageWorkerPath } from "../contract/page-worker.ts";
import type { Recordings } from "../contract/recording.ts";
import { type Handler, problemResponse } from "../contract/web.ts";
import { addAppearanceRoutes } from "./appearance-routes.ts";
import { attentionOf } from "./attention.ts";
import { coded } from "./coding.ts";
import { addCommandRoutes } from "./command-routes.ts";
import { compactProblem } from "./compact.ts";
import { addCompactRoutes, compactHeaders } from "./compact-routes.ts";
import { tellSnapshot } from "./event-stream.ts";
import { createFormTokens } from "./form-token.ts";
import { grantedDevice } from "./granted-device.ts";
import { grantedState, isViewOnly } from "./granted-event.ts";
import { grantedThing } from "./granted-thing.ts";
import { addHistoryRoutes, trendsOf } from "./history-routes.ts";
import { type PageOptions, renderDevice, renderHome, renderProblem } from "./html.ts";
import { speechOf } from "./language.ts";
import { askedLook, keptLook, lookCookie } from "./look.ts";
import { readPageAssets } from "./page-assets.ts";
import { isForPerson, isPicture, type PageContext, type PageEnv } from "./page-env.ts";
import type { PageFeed } from "./page-feed.ts";
import { tagPages } from "./page-tags.ts";
import { addRecordingRoutes } from "./recording-routes.ts";
import { sealForms } from "./sealed-forms.ts";
import { noHistory, shownHistory } from "./shown-history.ts";
import { shownRecordings } from "./shown-recordings.ts";
import { addStreamRoutes, type StreamRoutes } from "./stream-routes.ts";

export interface PageHandlerOptions {
  readonly feed: PageFeed;
  readonly control: Control;
  readonly arrange: Arrange;
  readonly things: () => readonly Device[];
  /** The W3C Thing Description of a device. */
  readonly describe: (device: Device) => JsonObject;
  /** Of what devices measure; unless given, none is kept. */
  readonly history?: History;
  /** The folder of the built page. */
  readonly assets: string;
  readonly host: Host;
  /** Of the gateway: major.minor.patch. */
  readonly version: string;
  /** Somebody opens the home: devices that came meanwhile are looked for. Resolves when the page waits for them no longer. */
  readonly search: () => Promise<void> | undefined;
  /** Pictures and sound of devices, where there are any. */
  readonly streams?: StreamRoutes;
  /** What was kept of them, where anything may be. */
  readonly recordings?: Recordings | undefined;
}

/** Nothing runs, loads or is framed but what the gateway itself serves; Lit's templates and the address of the worker are the trusted types. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html genkan",
].join("; ");

const pageHeaders = {
  "cache-control": "private, no-cache",
  "content-security-policy": contentSecurityPolicy,
  "referrer-policy": "same-origin",
  vary: "accept-language, cookie",
};

export function createPageHandler(options: PageHandlerOptions): Handler {
  const { feed, control, arrange, things, describe, history = noHistory, assets, host, version, search } = options;
  const { recordings } = options;
  const app = new Hono<PageEnv>();
  const built = readPageAssets(assets, host.log);
  const tokens = createFormTokens(host.ids.fresh());

  const optionsOf = (context: PageContext): PageOptions => {
    const kept = keptLook(context.req.header("cookie"));
    const look = askedLook(context.req.query(), kept) ?? kept;
    const speech = speechOf(look.lang ?? context.req.header("accept-language") ?? null);
    const result = context.req.query("result");
    const { texts } = speech;
    const { viewer } = context.env;
    const notice = result === "sent" || result === "done" ? texts[result] : result && sayError(result, speech);
    return {
      files: built.files,
      speech,
      look,
      isKiosk: context.req.query("kiosk") === "1",
      isWhole: context.req.query("whole") === "1",
      now: host.clock.now(),
      token: tokens.place,
      ...(notice ? { notice } : {}),
      ...(viewer.from === "remote" ? { viewer: viewer.name } : {}),
      isViewOnly: isViewOnly(viewer.grant),
    };
  };

  /** What the browser asked for by the query it gets from then on. */
  const printed = (context: PageContext, page: string): Response => {
    const { req, env } = context;
    const asked = askedLook(req.query(), keptLook(req.header("cookie")));
    if (asked !== undefined) context.header("set-cookie", lookCookie(asked, env.viewer.from === "remote"));
    return context.html(page, 200, pageHeaders);
  };

  for (const path of ["/assets/:file", "/icons/:file", "/favicon.svg", "/manifest.webmanifest"]) {
    app.get(path, ({ req }) => built.answer(req.path.slice(1), req.header("accept-encoding") ?? null) ?? notFound(req));
  }
  app.get(`/${pageWorkerPath}`, () => new Response(pageWorker, { headers: pageWorkerHeaders }));
  app.use(tagPages(built.files));
  app.use(sealForms(tokens));
  app.use(async (_, next) => {
    if (!feed.isOffered) throw new HomeError("page-not-wired", "the flow wires no devices to this page now");
    await next();
  });

  app.use(async ({ env }, next) => {
    const refusal = windowRefusal(env.viewer.grant, host.clock.now());
    if (refusal !== undefined) throw refusal;
    await next();
  });

  for (const path of ["/", "/c/", attentionPath]) {
    app.get(path, async (_, next) => {
      const searched = search();
      // Who asks how the home is has a patience of their own.
      if (path !== attentionPath) await searched;
      await next();
    });
  }
  app.get("/", (context) => {
    const home = grantedState(feed.state, context.env.viewer.grant);
    const trends = trendsOf(history, home, host.clock.now());
    return printed(context, renderHome(home, { ...optionsOf(context), trends }));
  });
  app.get("/devices/:id", (context) => {
    const options = optionsOf(context);
    const { devices } = grantedState(feed.state, context.env.viewer.grant);
    const rooms = [...new Set(Array.from(devices.values(), (one) => sayRoom(one, options.speech) ?? ""))].filter(
      Boolean,
    );
    const isEditing = context.req.query("edit") !== undefined;
    const device = deviceOf(context, context.req.param("id"));
    const shown = shownHistory(history, device, context.req.query(), host.clock.now());
    const kept = shownRecordings(recordings, device, context.env.viewer.grant);
    return printed(context, renderDevice(device, { ...options, rooms, isEditing, history: shown, recordings: kept }));
  });

  app.get("/api/home", ({ env }) => json(tellSnapshot(pageSnapshot(grantedState(feed.state, env.viewer.grant)))));
  app.get(attentionPath, ({ env }) => json({ ...attentionOf(grantedState(feed.state, env.viewer.grant), version) }));
  app.get("/api/events", ({ req, env }) => {
    const { signal } = req.raw;
    const { devices } = grantedState(feed.state, env.viewer.grant);
    if (Array.from(devices.values()).some(({ hasStream }) => hasStream === true)) options.streams?.expect?.();
    const body = feed.open({ lastEventId: req.header("last-event-id"), grant: env.viewer.grant, signal });
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
    return new Response(body, { headers });
  });
  app.get("/api/devices/:id/properties", (context) => {
    const values = Object.entries(deviceOf(context, context.req.param("id")).values);
    return json(Object.fromEntries(values.map(([name, { value }]) => [name, value])));
  });
  app.get("/api/devices/:id/properties/:name", (context) =>
    json(propertyOf(deviceOf(context, context.req.param("id")), context.req.param("name"))),
  );
  addCommandRoutes(app, { control, tokens, host });
  addAppearanceRoutes(app, { arrange, tokens, host, deviceOf });
  if (options.streams !== undefined) addStreamRoutes(app, options.streams, deviceOf);
  if (recordings !== undefined) addRecordingRoutes(app, { recordings, tokens, deviceOf });
  const stateOf = ({ env }: PageContext) => grantedState(feed.state, env.viewer.grant);
  addHistoryRoutes(app, { history, clock: host.clock, stateOf, deviceOf });
  addCompactRoutes(app, { stateOf, deviceOf, optionsOf });

  const thingsOf = ({ env }: PageContext): readonly Device[] =>
    things().flatMap((thing) => grantedThing(thing, env.viewer.grant) ?? []);
  app.get("/things", (context) => json(thingsOf(context).map(describe)));
  app.get("/things/:id", (context) => {
    const id = context.req.param("id");
    const device = thingsOf(context).find((thing) => thing.id === id) ?? unknownDevice(id);
    return json(describe(device), "application/td+json");
  });

  for (const { path } of [...new Map(app.routes.map((route) => [route.path, route])).values()]) {
    if (!path.includes("*")) app.all(path, ({ req }) => methodNotAllowed(req));
  }
  app.notFound(({ req }) => notFound(req));
  app.onError((thrown, context) => (isForPerson(context) ? problemPage(thrown, context) : problemResponse(thrown)));

  /** What was not granted is answered as what is not there. */
  function deviceOf({ env }: PageContext, id: string): PageDevice {
    const device = feed.state.devices.get(id);
    return (device && grantedDevice(device, env.viewer.grant)) ?? unknownDevice(id);
  }

  /** A person who opened an address gets words, a program the code. */
  function problemPage(thrown: unknown, context: PageContext): Response {
    const { code } = toHomeError(thrown);
    const { speech, files, look = {} } = optionsOf(context);
    const { texts } = speech;
    const special: Readonly<Record<string, string>> = {
      "page-not-wired": texts.pageNotWired,
      "not-found": texts.notFound,
      // It answers: what it sends has no pictures in it.
      ...(isPicture(context.req.path) ? { "device-silent": texts.noPicture } : {}),
    };
    const depth = context.req.path.split("/").length - 2;
    const told = special[code] ?? sayError(code, speech);
    if (/^\/c(?:\/|$)/.test(context.req.path)) {
      const page = compactProblem(told, { speech, root: "../".repeat(Math.max(0, depth - 1)) });
      return new Response(page, { status: httpStatusOf[code], headers: compactHeaders });
    }
    const root = "../".repeat(depth);
    const page = renderProblem(told, { speech, files, look, root });
    const headers = { ...pageHeaders, "content-type": "text/html; charset=UTF-8" };
    return new Response(page, { status: httpStatusOf[code], headers });
  }

  return async (request, viewer) => {
    const response = await app.fetch(request, { viewer });
    response.headers.set("x-content-type-options", "nosniff");
    return coded(response, request.headers.get("accept-encoding"));
  };
}

function json(value: unknown, type = "application/json"): Response {
  return Response.json(value, { headers: { "content-type": type, "cache-control": "no-store" } });
}

function propertyOf({ values }: PageDevice, name: string) {
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
