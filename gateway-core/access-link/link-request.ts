/** What the access broker's requests on the data link say: the request as the viewer sent it, and who the viewer is. */

import { constants, type IncomingHttpHeaders } from "node:http2";
import { HomeError } from "../contract/errors.ts";
import { type Grant, parseGrant } from "../contract/grant.ts";
import { viewerHeaders } from "../contract/link.ts";
import type { Viewer } from "../contract/web.ts";

export interface RequestLine {
  readonly method: string;
  readonly url: string;
  /** Without what the access broker says of the viewer. */
  readonly headers: Headers;
}

export function requestLineOf(head: IncomingHttpHeaders): RequestLine {
  const method = String(head[constants.HTTP2_HEADER_METHOD]);
  const url = `https://${head[constants.HTTP2_HEADER_AUTHORITY]}${head[constants.HTTP2_HEADER_PATH]}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(head)) {
    if (name.startsWith(":") || name.startsWith("genkan-") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return { method, url, headers };
}

/**
 * The access broker has judged the request already, and says for whom it asks and what they were granted.
 * @throws HomeError `not-granted`
 */
export function viewerOf(head: IncomingHttpHeaders): Viewer {
  const text = (name: string): string => String(head[name] ?? "");
  const [name, session] = [decodeName(text(viewerHeaders.name)), text(viewerHeaders.session)];
  return { name, from: "remote", session, grant: grantOf(text(viewerHeaders.grant)) };
}

/** What cannot be read grants nothing: a mistake at the broker must not open the home. */
function grantOf(encoded: string): Grant {
  try {
    return parseGrant(JSON.parse(decodeURIComponent(encoded)));
  } catch (cause) {
    throw new HomeError("not-granted", "the access broker said no grant that can be read", {}, cause);
  }
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
