/** Joins the second firewall: the desk for streams of each home, the links that homes dial for them, and who may watch. */

import type { Duplex } from "node:stream";
import type { AccessNumber } from "../gateway-core/contract/access-number.ts";
import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import type { MediaAsk } from "../gateway-core/contract/media-link.ts";
import { FragmentRing } from "../gateway-core/delivery/fragment-ring.ts";
import { createStreamDesk, isStreamPath, type StreamDesk } from "../gateway-core/delivery/stream-desk.ts";
import type { HomeDoorOptions } from "./internet/home-door.ts";
import type { OpenAnswers } from "./internet/open-answers.ts";
import { createHomeStreams, type EndedLink, type HomeStreams } from "./media-firewall/home-streams.ts";
import { createMediaBudgets, type MediaLimits } from "./media-firewall/media-budget.ts";
import { watchedBody } from "./media-firewall/watched-body.ts";
import type { MediaTraffic } from "./operation/figures.ts";

type Relay = HomeDoorOptions["relay"];

export interface MediaDoorOptions {
  readonly host: Pick<Host, "clock" | "ids">;
  readonly limits: MediaLimits;
  readonly find: (number: AccessNumber) => { openMedia(ask: MediaAsk): Promise<Duplex> } | undefined;
  /** A stream is one of them, though its player may have nothing open between two requests. */
  readonly openAnswers: Pick<OpenAnswers, "hold">;
  readonly audit: (
    event: string,
    number: AccessNumber,
    user: string | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}

export interface MediaDoor extends Disposable {
  /** Streams end here; all else goes on to the home. The request was judged by the first firewall. */
  wrap(relay: Relay): Relay;
  traffic(): MediaTraffic;
  /** Ends all streams, and begins none any more. */
  drain(): void;
}

interface Home {
  readonly streams: HomeStreams;
  readonly desk: StreamDesk;
}

export function createMediaDoor({ host, limits, find, openAnswers, audit }: MediaDoorOptions): MediaDoor {
  const { clock, ids } = host;
  const budgetOf = createMediaBudgets(clock, limits);
  const homes = new Map<AccessNumber, Home>();
  let [received, sent, isDraining] = [0, 0, false];

  function homeOf(number: AccessNumber): Home {
    const known = homes.get(number);
    if (known !== undefined) return known;
    for (const [other, home] of homes) if (isIdle(home)) forget(other, home);
    const streams = createHomeStreams({
      ...{ clock, limits, budget: budgetOf(number), ring: () => new FragmentRing() },
      async dial(ask) {
        const link = find(number);
        if (link === undefined || isDraining) throw new HomeError("home-away", "the home is away");
        return link.openMedia(ask);
      },
      onEnded(link) {
        received += link.octets;
        audit("stream-ended", number, null, "", factsOf(link));
      },
    });
    const desk = createStreamDesk({ clock, ids, open: streams.open, most: limits.viewersAtOnce });
    const home = { streams, desk };
    homes.set(number, home);
    return home;
  }

  function forget(number: AccessNumber, { desk }: Home): void {
    homes.delete(number);
    desk[Symbol.dispose]();
  }

  const wrap =
    (relay: Relay): Relay =>
    async (request, number, viewer) => {
      const { method, target, authority, headers, signal } = request;
      const [path = ""] = target.split("?", 1);
      if (!isStreamPath(path)) return relay(request, number, viewer);
      const { user, session, grant, source, sight } = viewer;
      const asked = new Request(`https://${authority}${target}`, { method, headers, signal });
      const { desk } = homeOf(number);
      const answer = await desk.handler(asked, { name: user, from: "remote", session, grant });
      const opened = answer.status === 201 ? desk.find(answer.headers.get("location") ?? "") : undefined;
      if (opened !== undefined) {
        const closed = opened.ended.then(() => undefined);
        const ending = openAnswers.hold({ session, source, sight }, stays, closed);
        ending.addEventListener("abort", () => opened.end(new HomeError("not-found", "there is no such stream")));
      }
      const device = /^\/api\/devices\/([a-z0-9-]+)\/stream$/.exec(path)?.[1];
      if (device !== undefined) await auditOpening(answer, device, number, user, source);
      const body =
        answer.body &&
        watchedBody(answer.body, signal, (octets) => {
          sent += octets;
        });
      return new Response(body, { status: answer.status, headers: answer.headers });
    };

  async function auditOpening(
    answer: Response,
    device: string,
    number: AccessNumber,
    user: string,
    source: string,
  ): Promise<void> {
    if (answer.status === 201) return audit("stream-opened", number, user, source, { device });
    const told: unknown = await answer.clone().json();
    const reason = typeof told === "object" && told !== null && "code" in told ? String(told.code) : "internal";
    audit("stream-refused", number, user, source, { device, reason });
  }

  const all = (): Home[] => [...homes.values()];
  const endAll = (): void => {
    isDraining = true;
    for (const [number, home] of homes) forget(number, home);
  };
  return {
    wrap,
    traffic: () => ({
      streams: all().reduce((sum, { streams }) => sum + streams.links, 0),
      viewers: all().reduce((sum, { desk }) => sum + desk.count, 0),
      received: all().reduce((sum, { streams }) => sum + streams.octets, received),
      sent,
    }),
    drain: endAll,
    [Symbol.dispose]: endAll,
  };
}

/** Whoever has opened a stream need not stay for the answer's end. */
const stays = new AbortController().signal;
const isIdle = ({ streams, desk }: Home): boolean => streams.isIdle && desk.count === 0;

function factsOf({ device, rung, octets, seconds, error }: EndedLink): Readonly<Record<string, string>> {
  return {
    device,
    ...(rung === undefined ? {} : { rung }),
    octets: String(octets),
    seconds: String(seconds),
    reason: error === undefined ? "left" : toHomeError(error).code,
  };
}
