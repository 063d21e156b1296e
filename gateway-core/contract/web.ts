/** A request handler over the web's own Request and Response, so that one page serves the LAN and the link alike. */

import type { ErrorBody } from "./errors.ts";
import { httpStatusOf, toHomeError } from "./errors.ts";
import type { Grant } from "./grant.ts";

/** Who is asking, established by the door that the request came through. */
export interface Viewer {
  readonly name: string;
  /** `local`: the LAN page; `remote`: through the access broker, which has judged the request already. */
  readonly from: "local" | "remote";
  /** Opaque, stable for the viewer's session: form tokens are bound to it. */
  readonly session: string;
  /** What they may see and do; on the LAN everything. */
  readonly grant: Grant;
}

/** A request's signal aborts when the viewer leaves; what it started must stop then. */
export type Handler = (request: Request, viewer: Viewer) => Promise<Response>;

/** An `application/problem+json` answer (RFC 9457) for whatever was thrown. */
export function problemResponse(thrown: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const error = toHomeError(thrown);
  const status = httpStatusOf[error.code];
  const body: ErrorBody & { readonly status: number; readonly title: string } = {
    ...error.toBody(),
    status,
    title: error.code,
  };
  return Response.json(body, {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}
