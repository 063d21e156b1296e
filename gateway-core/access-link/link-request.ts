/** What the access broker's requests on the data link say: the request as the viewer sent it, and who the viewer is. */

import { constants, type IncomingHttpHeaders } from "node:http2";
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

/** The access broker has judged the request already, and says for whom it asks. */
export function viewerOf(head: IncomingHttpHeaders): Viewer {
  const text = (name: string): string => String(head[name] ?? "");
  return { name: decodeName(text(viewerHeaders.name)), from: "remote", session: text(viewerHeaders.session) };
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
