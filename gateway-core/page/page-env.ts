/** What each request to the page carries beside itself: who is asking. */

import type { Context } from "hono";
import type { Viewer } from "../contract/web.ts";

export type PageEnv = { Bindings: { readonly viewer: Viewer } };
export type PageContext = Context<PageEnv>;
