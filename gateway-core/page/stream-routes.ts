/** The paths of streams and pictures at the page: which device there is and where a request comes from is judged here, the rest where streams are (docs/interfaces.md, streams). */

import type { Hono } from "hono";
import { HomeError } from "../contract/errors.ts";
import type { PageDevice } from "../contract/page.ts";
import type { Handler } from "../contract/web.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { checkOrigin, readJson } from "./request-reader.ts";

export interface StreamRoutes {
  readonly isPath: (path: string) => boolean;
  readonly handler: Handler;
  /** Somebody looks at a page from which a stream may be watched. */
  readonly expect?: () => void;
}

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
  for (const name of ["snapshot.jpg", "motion.jpg"]) app.get(`/api/devices/:id/${name}`, ofDevice);
  app.all("/api/streams/*", answer);
}
