/** Relays a viewer's request to the home behind an access number and streams the answer back. */

import { hash } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { headersToHome, headersToViewer } from "./relay-headers.ts";

/** A request that goes on to the home, its body whole; the signal cancels it there too. */
export interface RelayRequest {
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** What this room asks of a home's link. */
export interface RelayLink {
  readonly isPageOffered: boolean | undefined;
  request(request: RelayRequest): Promise<Response>;
}

/** Who asks: the session's id stays with the broker. */
export interface RelayViewer {
  readonly user: string;
  readonly session: string;
  readonly grant: Grant;
  /** All that the session sees now, as one text. */
  readonly sight: string | undefined;
  /** The address that they ask from. */
  readonly source: string;
}

export interface PageRelay {
  /** @throws HomeError `home-away`, `page-not-wired` */
  relay(request: RelayRequest, number: AccessNumber, viewer: RelayViewer): Promise<Response>;
}

export function createPageRelay(find: (number: AccessNumber) => RelayLink | undefined): PageRelay {
  return {
    async relay(request, number, viewer) {
      const link = find(number);
      if (link?.isPageOffered === undefined) throw new HomeError("home-away", "the home is away", { retryAfter: 5 });
      if (!link.isPageOffered) {
        throw new HomeError("page-not-wired", "the home offers no control page now", { retryAfter: 5 });
      }
      const asking = { name: viewer.user, session: opaque(viewer.session), grant: viewer.grant };
      const headers = headersToHome(request.headers, asking);
      const answer = await link.request({ ...request, headers });
      const { status } = answer;
      const told = headersToViewer(answer.headers);
      if (foreignPage.test(request.target)) told.append("content-security-policy", "sandbox allow-forms");
      return new Response(tellsWhenAway(answer), { status, headers: told });
    },
  };
}

/** What a device serves itself is nobody's word but its own: it runs nothing, and is of no origin. */
const foreignPage = /^\/devices\/[^/?]+\/pages(?:[/?]|$)/;

/** Stable for a session and of no use to whoever learns it. */
export const opaque = (session: string): string => hash("sha256", `viewer ${session}`, "base64url");

const farewell = new TextEncoder().encode("event: home-away\ndata: {}\n\n");

/** An event stream that breaks off says so in its own words; any other body breaks off as it did. */
function tellsWhenAway({ body, headers }: Response): ReadableStream<Uint8Array> | null {
  if (body === null || !headers.get("content-type")?.startsWith("text/event-stream")) return body;
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          // A blank line first: the last event may have been cut in the middle.
          controller.enqueue(new Uint8Array([0x0a, 0x0a, ...farewell]));
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
