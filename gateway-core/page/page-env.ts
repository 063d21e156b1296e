/** What each request to the page carries beside itself: who is asking. */

import type { Context } from "hono";
import type { Viewer } from "../contract/web.ts";

export type PageEnv = { Bindings: { readonly viewer: Viewer } };
export type PageContext = Context<PageEnv>;

/** A person has opened an address: they are told in words what stands in the way. Of what programs ask pictures alone are such addresses. */
export function isForPerson({ req }: PageContext): boolean {
  const isOpened = req.method === "GET" && (req.header("accept") ?? "").includes("text/html");
  return isOpened && (!req.path.startsWith("/api/") || isPicture(req.path));
}

export const isPicture = (path: string): boolean => path.endsWith(".jpg");
