/** What every place holds to where viewers ask for streams: at the gateway and at the access broker. */

import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import type { FakeClock } from "../fakes/fake-host.ts";
import { type FakeStream, piecesIn } from "../fakes/fake-stream.ts";

export interface StreamDeskHarness {
  readonly clock: FakeClock;
  /** The stream of the device `deck`; every other device is `device-unavailable`. */
  readonly stream: FakeStream;
  ask(request: Request, viewer: Viewer): Promise<Response>;
  /** Sessions that a viewer may have. */
  readonly mostOfViewer: number;
}

export const taro: Viewer = { name: "taro", from: "remote", session: "s-taro", grant: wholeGrant };
const hanako: Viewer = { ...taro, name: "hanako", session: "s-hanako" };
const origin = "https://home.example";

export function streamDeskLaw(name: string, open: () => Promise<StreamDeskHarness>): void {
  describe(`Streams ${name}`, () => {
    const ask = (harness: StreamDeskHarness, path: string, viewer = taro, method = "GET", signal?: AbortSignal) =>
      harness.ask(new Request(`${origin}${path}`, { method, ...(signal ? { signal } : {}) }), viewer);
    const code = async (response: Response) => ((await response.json()) as { code: string }).code;
    const begin = async (harness: StreamDeskHarness, viewer = taro): Promise<string> => {
      const response = await ask(harness, "/api/devices/deck/stream", viewer, "POST");
      expect(response.status).toBe(201);
      const body = (await response.json()) as { session: string; rungs: { name: string }[] };
      expect(body.rungs.map((rung) => rung.name)).toEqual(["high", "low"]);
      return body.session;
    };
    const readUntil = async (reader: ReadableStreamDefaultReader<Uint8Array>, piece: string): Promise<string[]> => {
      const seen: string[] = [];
      while (seen.at(-1) !== piece) {
        const { done, value } = await reader.read();
        if (done) return seen;
        seen.push(...piecesIn(value));
      }
      return seen;
    };

    it("are one answer from the newest whole picture on, its codecs in the content type", async () => {
      const harness = await open();
      const id = await begin(harness);
      harness.stream.play(8);
      const response = await ask(harness, `/api/streams/${id}/video`);
      expect(response.headers.get("content-type")).toBe('video/mp4; codecs="high"');
      expect(response.headers.get("cache-control")).toBe("no-store");
      const reader = response.body?.getReader();
      if (reader === undefined) throw new Error("no body");
      expect(await readUntil(reader, "high:7")).toEqual(["<high>", "high:5", "high:6", "high:7"]);
      const low = await ask(harness, `/api/streams/${id}/video?rung=low`);
      expect(low.headers.get("content-type")).toBe('video/mp4; codecs="low"');
      await low.body?.cancel();
      expect(await code(await ask(harness, `/api/streams/${id}/video?rung=huge`))).toBe("not-found");
    });

    it("come with their session in one answer to who accepts nothing else, before there is any picture", async () => {
      const harness = await open();
      const headers = { accept: "video/mp4" };
      const post = (query = "", signal?: AbortSignal) =>
        harness.ask(
          new Request(`${origin}/api/devices/deck/stream${query}`, {
            method: "POST",
            headers,
            ...(signal && { signal }),
          }),
          taro,
        );
      const answer = await post();
      expect([answer.status, answer.headers.get("content-type")]).toEqual([201, "video/mp4"]);
      const session = answer.headers.get("location") ?? "";
      expect(await (await ask(harness, session)).json()).toMatchObject({ rung: "high", audio: 1 });
      expect((await ask(harness, session, hanako)).status).toBe(404);
      const reader = answer.body?.getReader();
      if (reader === undefined) throw new Error("no body");
      const seen = readUntil(reader, "high:1");
      await harness.clock.advance(12_000);
      harness.stream.play(2);
      expect(await seen).toEqual(["<high>", "high:0", "high:1"]);
      const low = await post("?rung=low");
      expect(await readUntil(low.body?.getReader() ?? reader, "low:1")).toEqual(["<low>", "low:0", "low:1"]);
      expect(await code(await post("?rung=huge"))).toBe("not-found");
      expect(harness.stream.holds).toBe(2);
      await ask(harness, session, taro, "DELETE");
      expect(await readUntil(reader, "never")).toEqual([]);
    });

    it("are not opened for who has left meanwhile", async () => {
      const harness = await open();
      const leaving = new AbortController();
      const headers = { accept: "video/mp4" };
      const request = new Request(`${origin}/api/devices/deck/stream`, {
        ...{ method: "POST", headers, signal: leaving.signal },
      });
      const answer = harness.ask(request, taro);
      leaving.abort();
      expect((await answer).status).toBe(503);
      await expect.poll(() => harness.stream.holds).toBe(0);
    });

    it("are each viewer's alone: to everybody else they are not there", async () => {
      const harness = await open();
      const id = await begin(harness);
      for (const path of ["", "/video", "/index.m3u8", "/high/index.m3u8", "/high/init.mp4", "/high/0.m4s"]) {
        expect(await code(await ask(harness, `/api/streams/${id}${path}`, hanako))).toBe("not-found");
      }
      expect((await ask(harness, `/api/streams/${id}`, hanako, "DELETE")).status).toBe(404);
      expect((await ask(harness, `/api/streams/${id}`)).status).toBe(200);
    });

    it("need the right to watch, at every request and for as long as they go on", async () => {
      const harness = await open();
      const blind: Grant = { devices: { deck: { access: "control" } } };
      const narrow: Grant = { devices: { lamp: { access: "control", streams: true } } };
      const post = (grant: Grant) => ask(harness, "/api/devices/deck/stream", { ...taro, grant }, "POST");
      expect(await code(await post(blind))).toBe("not-granted");
      expect(await code(await post(narrow))).toBe("unknown-device");
      const id = await begin(harness);
      harness.stream.play(6);
      const { body } = await ask(harness, `/api/streams/${id}/video`);
      expect(await code(await ask(harness, `/api/streams/${id}`, { ...taro, grant: blind }))).toBe("not-granted");
      const reader = body?.getReader();
      if (reader === undefined) throw new Error("no body");
      await readUntil(reader, "never");
      await expect.poll(() => harness.stream.holds).toBe(0);
    });

    it("end when the window of their grant closes, with nobody asking", async () => {
      const harness = await open();
      const until = new Date(harness.clock.now() + 60_000).toISOString();
      const guest: Viewer = { ...taro, grant: { ...wholeGrant, window: { until } } };
      const id = await begin(harness, guest);
      harness.stream.play(1);
      const { body } = await ask(harness, `/api/streams/${id}/video`, guest);
      const reader = body?.getReader();
      const ended = reader && readUntil(reader, "never");
      await harness.clock.advance(59_000);
      expect(harness.stream.holds).toBe(1);
      await harness.clock.advance(3_000);
      await ended;
      expect(harness.stream.holds).toBe(0);
      expect(await code(await ask(harness, `/api/streams/${id}`, guest))).toBe("not-granted");
    });

    it("are cut at once when the viewer is no longer let in, and end with the grant", async () => {
      const harness = await open();
      const [own, other] = [await begin(harness), await begin(harness, hanako)];
      harness.stream.play(1);
      const leaving = new AbortController();
      const { body } = await ask(harness, `/api/streams/${own}/video`, taro, "GET", leaving.signal);
      const reader = body?.getReader();
      const ended = reader && readUntil(reader, "never");
      leaving.abort();
      await ended;
      const looking = { ...hanako, grant: { devices: { deck: { access: "view" as const } } } };
      expect(await code(await ask(harness, `/api/streams/${other}`, looking))).toBe("not-granted");
      await expect.poll(() => harness.stream.holds).toBe(1);
      await harness.clock.advance(16_000);
      expect(harness.stream.holds).toBe(0);
    });

    it("are let go when they are given up, when nobody reads them, and not while somebody does", async () => {
      const harness = await open();
      const [first, second] = [await begin(harness), await begin(harness)];
      expect((await ask(harness, `/api/streams/${first}`, taro, "DELETE")).status).toBe(204);
      expect((await ask(harness, `/api/streams/${first}`)).status).toBe(404);
      expect(harness.stream.holds).toBe(1);
      harness.stream.play(1);
      const { body } = await ask(harness, `/api/streams/${second}/video`);
      const reader = body?.getReader();
      if (reader === undefined) throw new Error("no body");
      await readUntil(reader, "high:0");
      // A tape that is paused: whoever waits for more is still there.
      void reader.read().catch(() => undefined);
      await harness.clock.advance(60_000);
      expect(harness.stream.holds).toBe(1);
      await reader.cancel();
      await harness.clock.advance(14_000);
      expect(harness.stream.holds).toBe(1);
      await harness.clock.advance(3_000);
      expect(harness.stream.holds).toBe(0);
    });

    it("that are opened and not taken are let go too", async () => {
      const harness = await open();
      const id = await begin(harness);
      harness.stream.play(1);
      await ask(harness, `/api/streams/${id}/video`);
      for (let second = 0; second < 20; second++) {
        harness.stream.play(5);
        await harness.clock.advance(1_000);
      }
      expect(harness.stream.holds).toBe(0);
    });

    it("say what they have ended for, or that nothing comes", async () => {
      const harness = await open();
      const id = await begin(harness);
      const waiting = ask(harness, `/api/streams/${id}/video`);
      await harness.clock.advance(11_000);
      expect(await code(await waiting)).toBe("device-silent");
      harness.stream.play(1);
      const { body } = await ask(harness, `/api/streams/${id}/video`);
      const reader = body?.getReader();
      if (reader === undefined) throw new Error("no body");
      harness.stream.over.resolve(new HomeError("device-unavailable", "the deck was unplugged"));
      await readUntil(reader, "never");
      expect(await code(await ask(harness, `/api/streams/${id}`))).toBe("device-unavailable");
      expect(await code(await ask(harness, `/api/streams/${id}/video`))).toBe("device-unavailable");
      expect(await code(await ask(harness, "/api/devices/lamp/stream", taro, "POST"))).toBe("device-unavailable");
    });

    it("are bounded for one viewer, and a page that was left does not stand in the way", async () => {
      const harness = await open();
      for (let count = 0; count < harness.mostOfViewer; count++) await begin(harness);
      const more = () => ask(harness, "/api/devices/deck/stream", taro, "POST");
      expect(await code(await more())).toBe("too-many-streams");
      expect((await ask(harness, "/api/devices/deck/stream", hanako, "POST")).status).toBe(201);
      await harness.clock.advance(5_000);
      expect((await more()).status).toBe(201);
      expect(harness.stream.holds).toBe(harness.mostOfViewer + 1);
    });

    it("are HLS too, from the same fragments in segments of a second", async () => {
      const harness = await open();
      const id = await begin(harness);
      const text = async (path: string) => (await ask(harness, `/api/streams/${id}/${path}`)).text();
      expect(await text("index.m3u8")).toMatch(
        /^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=\d+\nhigh\/index/,
      );
      const first = text("low/index.m3u8");
      await harness.clock.advance(10);
      harness.stream.play(17);
      expect((await first).split("\n").filter((line) => !line.startsWith("#EXTINF"))).toEqual([
        ...["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:0"],
        ...['#EXT-X-MAP:URI="init.mp4?of=0"', "0.m4s", "1.m4s", "2.m4s", ""],
      ]);
      expect(await text("low/init.mp4?of=0")).toBe("<low>");
      const segment = await ask(harness, `/api/streams/${id}/low/1.m4s`);
      expect(piecesIn(new Uint8Array(await segment.arrayBuffer()))).toEqual([5, 6, 7, 8, 9].map((n) => `low:${n}`));
      expect((await ask(harness, `/api/streams/${id}/low/3.m4s`)).status).toBe(404);
      harness.stream.play(60);
      const later = await text("low/index.m3u8");
      expect(later).toContain("#EXT-X-MEDIA-SEQUENCE:9");
      expect(await code(await ask(harness, `/api/streams/${id}/huge/index.m3u8`))).toBe("not-found");
    });

    it("take nothing but what the table of routes says", async () => {
      const harness = await open();
      const id = await begin(harness);
      expect((await ask(harness, "/api/devices/deck/stream")).status).toBe(405);
      expect((await ask(harness, `/api/streams/${id}/video`, taro, "POST")).status).toBe(405);
      expect((await ask(harness, `/api/streams/${id}/video`, taro, "DELETE")).status).toBe(405);
    });

    it("go when their viewer goes, even while they are being opened", async () => {
      const harness = await open();
      const leaving = new AbortController();
      leaving.abort();
      const asked = ask(harness, "/api/devices/deck/stream", taro, "POST", leaving.signal);
      expect((await asked).ok).toBe(false);
      expect(harness.stream.holds).toBe(0);
      const id = await begin(harness);
      harness.stream.play(1);
      const watching = new AbortController();
      const { body } = await ask(harness, `/api/streams/${id}/video`, taro, "GET", watching.signal);
      watching.abort();
      const reader = body?.getReader();
      if (reader !== undefined) await readUntil(reader, "never");
    });
  });
}
