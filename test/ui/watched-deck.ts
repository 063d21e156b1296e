/** A page on which somebody has pressed to watch a deck, and the answers that its player gets. */

import { expect } from "vitest";
import tape from "../../device-descriptors/avc/tape.json" with { type: "json" };
import { boxesOf } from "../../ui/player/boxes-of.ts";
import usual from "../../ui/player/usual-stream.json" with { type: "json" };
import { narrowed } from "../fakes/page-home.ts";
import { until } from "../until.ts";
import type { Asked } from "./fake-gateway.ts";
import { type OpenHome, openHome } from "./open-home.ts";

export const guid = "0800460102c46a01";
const values = { power: true, transport: "stopped", timeCode: "00:00:00:00", cassette: true };
const deck = narrowed(tape, `ieee1394-${guid}-tape0`, values, { availabilityAt: Date.now() });
export const seeing: typeof deck = { ...deck, descriptor: { ...deck.descriptor, "gk:stream": true } };
export const rungs: readonly { readonly name: string; readonly height: number }[] = [
  { name: "high", height: 480 },
  { name: "low", height: 240 },
];

export const problem = (status: number, body: object): Response => Response.json(body, { status });
export const stands = (): Response => Response.json({ rungs, audioCount: 1 });

export interface WatchedDeck extends OpenHome {
  /** Waits until it is asked, once: "GET streams/s1". */
  asked(line: string): Promise<Asked>;
  /** What was asked of streams and not yet looked at here. */
  unread(): readonly string[];
  words(): string;
  /** The one answer to a press: a session, and its pictures as they come. */
  begin(session?: string): Promise<WritableStreamDefaultWriter<Uint8Array>>;
  /** With its first octets, and so what there is to choose from. */
  beginWhole(): Promise<WritableStreamDefaultWriter<Uint8Array>>;
}

export async function watchDeck(language = "en"): Promise<WatchedDeck> {
  const open = await openHome([seeing], language);
  open.home.querySelector<HTMLButtonElement>(".watch-mark")?.click();
  await until(() => expect(open.home.querySelector("gk-player .player")).not.toBeNull());
  const { gateway } = open;
  const asked = (line: string): Promise<Asked> =>
    until(() => {
      const found = gateway.asked.find((one) => `${one.method} ${one.path}` === line);
      if (found === undefined) throw new Error(`not asked: ${line}`);
      gateway.asked.splice(gateway.asked.indexOf(found), 1);
      return found;
    });
  const begin = async (session = "s1") => {
    const { readable, writable } = new TransformStream<Uint8Array>();
    const headers = { location: `/api/streams/${session}`, "content-type": "video/mp4" };
    (await asked(`POST devices/${seeing.id}/stream`)).answer(new Response(readable, { status: 201, headers }));
    return writable.getWriter();
  };
  return {
    ...open,
    ...{ asked, begin },
    unread: () =>
      gateway.asked.filter(({ path }) => path.includes("stream")).map(({ method, path }) => `${method} ${path}`),
    words: () => open.home.querySelector(".player-words")?.textContent?.trim() ?? "",
    async beginWhole() {
      const pictures = await begin();
      await pictures.write(boxesOf(usual));
      (await asked("GET streams/s1")).answer(stands());
      return pictures;
    },
  };
}
