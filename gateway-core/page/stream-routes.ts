/** The paths of streams and pictures at the page: which device there is and where a request comes from is judged here, the rest where streams are (docs/interfaces.md, streams). */

import type { Hono } from "hono";
import { type ErrorCode, HomeError, httpStatusOf } from "../contract/errors.ts";
import type { PageDevice } from "../contract/page.ts";
import type { Handler } from "../contract/web.ts";
import { isForPerson, type PageContext, type PageEnv } from "./page-env.ts";
import { checkOrigin, readJson } from "./request-reader.ts";

export interface StreamRoutes {
  readonly isPath: (path: string) => boolean;
  readonly handler: Handler;
  /** Somebody looks at a page from which a stream may be watched. */
  readonly expect?: () => void;
}

/** Where a compact page leads for a picture: among its own addresses, for terminals that reach no others. */
export const compactPicture = "picture.jpg";

/** `deviceOf` throws `unknown-device` for what the viewer may not see. */
export function addStreamRoutes(
  app: Hono<PageEnv>,
  { isPath, handler }: StreamRoutes,
  deviceOf: (context: PageContext, id: string) => PageDevice,
): void {
  const answer = async (context: PageContext): Promise<Response> => {
    const { req, env } = context;
    if (!isPath(req.path)) throw new HomeError("not-found", `there is nothing at ${req.path}`, { path: req.path });
    if (req.method !== "GET" && req.method !== "HEAD") checkOrigin(req.raw, env.viewer);
    return handler(req.raw, env.viewer);
  };
  const ofDevice = (context: PageContext): Promise<Response> => {
    deviceOf(context, context.req.param("id") ?? "");
    return answer(context);
  };
  app.post("/api/devices/:id/stream", async (context) => {
    await readJson(context.req.raw);
    return ofDevice(context);
  });
  /** A person who opened the address of a picture that there is not gets words, as at any other address. */
  const picture = (file?: string) => async (context: PageContext) => {
    const { req, env } = context;
    const { id } = deviceOf(context, req.param("id") ?? "");
    const asked = file === undefined ? req.raw : new Request(new URL(`/api/devices/${id}/${file}`, req.url), req.raw);
    const answer = await handler(asked, env.viewer);
    if (!answer.ok && isForPerson(context)) throw refusalOf(await answer.json());
    return answer;
  };
  for (const name of ["snapshot", "motion"]) app.get(`/api/devices/:id/${name}.jpg`, picture());
  // As much as the screen of a simple terminal shows, and its memory holds.
  app.get(`/c/d/:id/${compactPicture}`, picture("snapshot.jpg?small"));
  app.all("/api/streams/*", answer);
}

/** As the desk told it. */
function refusalOf(problem: unknown): HomeError {
  const { code = "internal", message = "" } = isProblem(problem) ? problem : {};
  return new HomeError(code, message);
}

const isProblem = (value: unknown): value is { readonly code: ErrorCode; readonly message: string } =>
  typeof value === "object" && value !== null && "code" in value && Object.hasOwn(httpStatusOf, String(value.code));
