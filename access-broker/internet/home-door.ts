/** A home's origin: the challenge, and for who has passed it the way on to the home (docs/interfaces.md, origins). */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { assertCommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { pageWorker, pageWorkerHeaders, pageWorkerPath } from "../../gateway-core/contract/page-worker.ts";
import type { DoorRooms, DoorSession } from "./door-rooms.ts";
import { type KnownDevice, readDevices } from "./people-pages.ts";
import { createPersonDoor } from "./person-door.ts";
import { readBody, type Visit } from "./visit.ts";

/** A home that does not answer in this time is shown without its devices. */
const devicesMs = 3_000;

/** No home's devices take more: hundreds of them, with all their values. */
const longestSnapshot = 4 * 1024 * 1024;

/** A request that goes on to the home, its body whole. */
export interface HomeRequest {
  readonly method: string;
  /** Host and port as the viewer knows them. */
  readonly authority: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** What the other rooms do for this door. */
export interface HomeDoorOptions extends Omit<DoorRooms, "place"> {
  /** The first firewall. @throws HomeError with why not. */
  readonly admit: (line: {
    readonly method: string;
    readonly target: string;
    readonly contentType: string | undefined;
    readonly body: Uint8Array;
    readonly rights: "all" | "view";
    readonly grant: Grant;
  }) => void;
  readonly longestBody: number;
  /** The JSON of a home's own answer. @throws HomeError `body-too-large` */
  readonly shortJson: (body: ReadableStream<Uint8Array> | null, limit: number) => Promise<unknown>;
  readonly relay: (
    request: HomeRequest,
    number: AccessNumber,
    viewer: {
      readonly user: string;
      readonly session: string;
      readonly grant: Grant;
      readonly sight: string | undefined;
      readonly source: string;
    },
  ) => Promise<Response>;
}

export function createHomeDoor(options: HomeDoorOptions): (visit: Visit, number: AccessNumber) => Promise<Response> {
  const { clock, admit, longestBody, shortJson, relay, openAnswers, audit } = options;

  async function goOn(
    visit: Visit,
    number: AccessNumber,
    { id, user, grant, sight, reached }: DoorSession,
    rights: "all" | "view",
  ): Promise<Response> {
    const { method, path, target, headers, authority, source } = visit;
    const body = await readBody(visit, longestBody, clock);
    try {
      assertCommunicationMethod(reached, isCompact(path) ? "compact" : "https");
      admit({ method, target, contentType: headers.get("content-type") ?? undefined, body, rights, grant });
    } catch (thrown) {
      const reason = toHomeError(thrown).code;
      audit("request-refused", number, user, source, { reason, method, target: target.slice(0, 128) });
      throw thrown;
    }
    // What was done there, and when; not the value, which may be private.
    if (method !== "GET" && method !== "HEAD") audit("command", number, user, source, { method, path, by: "https" });
    const signal = openAnswers.hold({ session: id, source, sight }, visit.signal, visit.closed);
    return relay({ method, target, authority, headers, body, signal }, number, {
      user,
      session: id,
      grant,
      sight,
      source,
    });
  }

  /** What the home's own page would show this person. */
  async function devicesOf(visit: Visit, number: AccessNumber, session: DoorSession): Promise<readonly KnownDevice[]> {
    const { id, user, grant, sight } = session;
    const viewer = { user, session: id, grant, sight, source: visit.source };
    const headers = new Headers({ accept: "application/json" });
    const line = { method: "GET", target: "/api/home", authority: visit.authority, headers } as const;
    const signal = AbortSignal.any([visit.signal, AbortSignal.timeout(devicesMs)]);
    try {
      const answer = await relay({ ...line, body: new Uint8Array(0), signal }, number, viewer);
      return readDevices(await shortJson(answer.body, longestSnapshot));
    } catch {
      return [];
    }
  }

  const isCompact = (path: string): boolean => path === "/c" || path.startsWith("/c/");

  const person = createPersonDoor({ ...options, place: { isHome: true, landing: "/" }, devicesOf, goOn });

  return async (visit, number) => {
    const { method, path, headers } = visit;
    // A home's page shares its origin with the login: what runs there beyond the page is the broker's alone to give.
    if (path === `/${pageWorkerPath}` && method === "GET")
      return new Response(pageWorker, { headers: pageWorkerHeaders });
    if (headers.get("service-worker") === "script")
      throw new HomeError("not-found", "there is no such worker", { path });
    return person(visit, number);
  };
}
