/** Which headers pass between a viewer and a home: what belongs to one connection stays there, and who is asking is said by the broker alone. Pure. */

import { viewerHeaders } from "../../gateway-core/contract/link.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";

/** RFC 9110 §7.6.1, with those that only HTTP/1 has; what `Connection` names is added to them. */
const hopByHop: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];
/** Claims about the viewer or the way here that only a door may make, and a second credential beside the session. */
const claims = /^(?:x-forwarded-.*|forwarded|x-real-ip|via|proxy-.*|genkan-.*|authorization|host|expect)$/;
/** What a home may not say in the name of the broker. */
const brokersOwn = /^(?:genkan-.*|strict-transport-security|alt-svc|server|clear-site-data|service-worker-allowed)$/;
const ownCookies: readonly string[] = ["__Host-genkan", "__Host-genkan-device"];

/** What the home is told of a viewer's request. */
export function headersToHome(headers: Headers, viewer: Pick<Viewer, "name" | "session" | "grant">): Headers {
  const told = keep(headers, (name) => !claims.test(name) && name !== "cookie" && name !== "content-length");
  const cookies = (headers.get("cookie") ?? "").split(/;\s*/).filter((pair) => !isOwn(pair) && pair !== "");
  if (cookies.length > 0) told.set("cookie", cookies.join("; "));
  told.set(viewerHeaders.name, encodeURIComponent(viewer.name));
  told.set(viewerHeaders.session, viewer.session);
  told.set(viewerHeaders.grant, encodeURIComponent(JSON.stringify(viewer.grant)));
  return told;
}

/** What the viewer is told of the home's answer. */
export function headersToViewer(headers: Headers): Headers {
  const told = keep(headers, (name) => !brokersOwn.test(name) && name !== "set-cookie");
  for (const cookie of headers.getSetCookie()) if (isOfHome(cookie)) told.append("set-cookie", cookie);
  told.set("x-content-type-options", "nosniff");
  told.set("x-frame-options", "DENY");
  told.append("content-security-policy", "frame-ancestors 'none'");
  if (!told.has("referrer-policy")) told.set("referrer-policy", "same-origin");
  return told;
}

function keep(headers: Headers, isKept: (name: string) => boolean): Headers {
  const named = (headers.get("connection") ?? "").toLowerCase().split(/\s*,\s*/);
  const kept = new Headers();
  for (const [name, value] of headers) {
    if (!hopByHop.includes(name) && !named.includes(name) && isKept(name)) kept.append(name, value);
  }
  return kept;
}

/** A cookie for the home's own origin: not for all homes at once (Domain), and not without a name, as its value could spell ours. */
const isOfHome = (cookie: string): boolean =>
  /^\s*[^=;\s][^=;]*=/.test(cookie) && !/;\s*domain\s*=/i.test(cookie) && !isOwn(cookie);

const isOwn = (cookie: string): boolean => ownCookies.includes(cookie.slice(0, cookie.indexOf("=")).trim());
