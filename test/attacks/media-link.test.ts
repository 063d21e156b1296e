/** The second firewall attacked from both sides: by a gateway that is in an attacker's hands, and by viewers who want more than they were granted. */

import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { setRequirement, subscribe } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { bareHost, codeOf, cookiesOf, number, openRig, password, type Rig, user } from "../access-broker/rig.ts";
import { openStream, sessionOf, watchStream } from "../access-broker/stream-viewer.ts";
import { fragment, head, init, isOver, openRawHome, type RawHome, say } from "./raw-home.ts";

const neighbour = "090-8765-4321";
let rig: Rig;
let home: RawHome;
let stranger: RawHome;
let cookie: string;
let decks = 0;
/** Another each time: what lingers of one is not in the way of the next. */
const nextDeck = (): string => `deck-${++decks}`;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  rig = await openRig(undefined, { media: { kbpsPerHome: 1_000_000, linksAtOnce: 3 } });
  await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
  await subscribe({ ...rig.provider, number, user: "taro", password, isOneTime: false });
  [home, stranger] = await Promise.all([openRawHome(rig), openRawHome(rig, neighbour)]);
  cookie = await rig.logIn();
}, 60_000);
afterAll(async () => {
  await Promise.all([home, stranger].map((one) => one?.[Symbol.asyncDispose]()));
  await rig?.[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A viewer who has asked for a stream, and the home's link for it. */
async function begun(device = nextDeck()) {
  const opening = openStream(rig, cookie, device);
  const asked = await home.asked();
  const link = await home.dial(asked.ticket);
  cleanUps.push(() => link.destroy());
  return { opening, asked, link };
}

/** The same, and watching; the home has sent a first picture. */
async function watching() {
  const { opening, link } = await begun();
  await say(link, head, init(), fragment(0));
  const session = sessionOf(await opening);
  const viewer = await watchStream(rig, cookie, session);
  cleanUps.push(async () => {
    viewer.leave();
    await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
  });
  await expect.poll(() => viewer.length).toBe(1_100);
  return { link, session, viewer };
}

describe("A ticket", () => {
  it("that nobody gave out opens nothing, whatever home presents it", async () => {
    for (const ticket of [randomBytes(24).toString("base64url"), "", "x".repeat(200)]) {
      await isOver(await home.dial(ticket));
    }
    const refusals = (await rig.audit()).filter(({ event }) => event === "gateway-refused");
    expect(refusals.map(({ facts }) => facts["reason"])).toContain("a media link without a good ticket");
  });

  it("is good for its own home alone, once, on the protocol that it was given for, and for its device", async () => {
    const [first, second] = [nextDeck(), nextDeck()];
    const opening = openStream(rig, cookie, first);
    const asked = await home.asked();
    expect(asked).toMatchObject({ device: first });
    await isOver(await stranger.dial(asked.ticket));
    await isOver(await home.dial(asked.ticket, "genkan-h2/1"));
    const other = openStream(rig, cookie, second);
    const askedOther = await home.asked();
    // Still good: nobody else's try has used it up.
    const link = await home.dial(asked.ticket);
    await say(link, head);
    expect((await opening).status).toBe(201);
    await isOver(await home.dial(asked.ticket));
    // What came with the one ticket opened nothing for who asked for the other device.
    expect(await Promise.race([other.then(() => "answered"), rig.ask("/login").then(() => "waits")])).toBe("waits");
    const linkOther = await home.dial(askedOther.ticket);
    await say(linkOther, head);
    expect((await other).status).toBe(201);
    for (const one of [link, linkOther]) one.destroy();
  });
});

describe("A home in an attacker's hands", () => {
  it.each([
    ["octets without meaning", () => [randomBytes(100_000)]],
    [
      "a page in the place of a stream",
      () => [Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<script>")],
    ],
    ["four gigabytes in one frame", () => [Uint8Array.of(3, 0xff, 0xff, 0xff, 0xff)]],
  ])("that sends %s is cut off, and the viewer told that it is no stream", async (_, octets) => {
    const { opening, link } = await begun();
    for (const some of octets()) link.write(some);
    await isOver(link);
    const answer = await opening;
    expect([answer.status, codeOf(answer)]).toEqual([502, "conversion-failed"]);
  });

  it.each([
    ["no word about its rungs", [init()]],
    ["a fragment before anything", [head, fragment(0)]],
    ["no whole picture to begin with", [head, init(), fragment(0, false)]],
    ["no whole picture any more", [head, init(), ...Array.from({ length: 30 }, (_, at) => fragment(at, at === 0))]],
    ["more than a picture can have", [head, init(), ...Array.from({ length: 9 }, () => fragment(0, true, 600_000, 0))]],
    ["nothing but initialization", [head, ...Array.from({ length: 80 }, () => init(60_000))]],
    ["small pieces without end", [head, init(), ...Array.from({ length: 4_200 }, () => fragment(0, true, 0, 0))]],
  ])("that sends %s is cut off", async (_, frames) => {
    const { opening, link } = await begun();
    const over = isOver(link);
    await say(link, ...frames);
    await over;
    await opening;
  });

  it("cannot speak for the access broker to a viewer", async () => {
    const { opening, link } = await begun();
    const octets = Buffer.from(
      JSON.stringify({ code: "session-required", message: "log in", location: "https://evil" }),
    );
    link.write(Buffer.concat([Uint8Array.of(4, 0, 0, 0, octets.length), octets]));
    const answer = await opening;
    expect([answer.status, codeOf(answer), answer.text.includes("evil")]).toEqual([502, "conversion-failed", false]);
  });

  it("learns nothing of who watches: all that it hears is how much was taken", async () => {
    const { link } = await watching();
    const reader = new MediaFrameReader("broker");
    const heard = new Set<string>();
    link.on("data", (octets: Buffer) => {
      for (const { kind } of reader.push(octets)) heard.add(kind);
    });
    await say(link, fragment(0.5), fragment(1));
    await expect.poll(() => [...heard]).toEqual(["taken"]);
  });

  it("may have so many links at once and no more", async () => {
    const all = [await begun(), await begun(), await begun()];
    await Promise.all(all.map(({ link }) => say(link, head)));
    await Promise.all(all.map(({ opening }) => opening));
    const answer = await openStream(rig, cookie, nextDeck());
    expect([answer.status, codeOf(answer)]).toEqual([429, "stream-quota-reached"]);
  });
});

describe("A viewer", () => {
  it("who reads nothing is let go, and holds up nobody", async () => {
    const { link, session, viewer: slow } = await watching();
    slow.pause();
    const fast = await watchStream(rig, cookie, session);
    const octets = 900_000;
    let sent = 0;
    for (let at = 1; at <= 30; at++) {
      await say(link, fragment(4 * at, true, octets, 4));
      sent += octets;
      await expect.poll(() => fast.length).toBe(1_100 + sent);
    }
    // What is kept for it is a few seconds of media; it was let go long before the end.
    slow.resume();
    await slow.ended;
    expect(slow.length).toBeLessThan(sent);
    fast.leave();
  });

  it("without the right to a device's streams gets none, and no other's session", async () => {
    const { session } = await watching();
    const grant = { devices: { ...wholeGrant.devices, "deck-0": { access: "control" } } } as const;
    await using store = openStore(rig.provider);
    await store.setGrant(number, "taro", "guest", grant);
    const guest = cookiesOf(await rig.ask("/login", { form: { user: "taro", password } }));
    const refused = await openStream(rig, guest, "deck-0");
    expect([refused.status, codeOf(refused)]).toEqual([403, "not-granted"]);
    for (const path of ["", "/video", "/index.m3u8", "/high/index.m3u8", "/high/init.mp4", "/high/0.m4s"]) {
      const answer = await rig.ask(`/api/streams/${session}${path}`, { headers: { cookie: guest } });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 404, "not-found"]);
    }
    const ended = await rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie: guest } });
    expect([ended.status, codeOf(ended)]).toEqual([404, "not-found"]);
    await store.setGrant(number, "taro", "guest", { devices: { "deck-0": { access: "control" } } });
    const none = await rig.ask(`/api/streams/${session}/video`, { headers: { cookie: guest } });
    expect([none.status, codeOf(none)]).toEqual([403, "not-granted"]);
  });

  it("of another home finds nothing there, with that home's session or this one's", async () => {
    const { session } = await watching();
    const name = `${neighbour}.${bareHost}`;
    const foreign = await rig.logIn(name);
    const there = await rig.ask(`/api/streams/${session}/video`, { name, headers: { cookie: foreign } });
    expect([there.status, codeOf(there)]).toEqual([404, "not-found"]);
    const here = await rig.ask(`/api/streams/${session}/video`, { headers: { cookie: foreign } });
    expect([here.status, codeOf(here)]).toEqual([401, "session-required"]);
    const nobody = await rig.ask(`/api/streams/${session}/video`);
    expect(nobody.status).toBe(401);
  });

  it("who may only look has no device started for them", async () => {
    await setRequirement({ ...rig.provider, number, requirement: "password|view:@127.0.0.0/8" });
    const looking = cookiesOf(await rig.ask("/login", { form: { user, way: "look" } }));
    const answer = await openStream(rig, looking, nextDeck());
    expect([answer.status, codeOf(answer)]).toEqual([403, "view-only"]);
  });

  it("from another page starts none, whoever's session it is", async () => {
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "same-site" }]) {
      const answer = await openStream(rig, cookie, nextDeck(), { headers });
      expect([answer.status, codeOf(answer)]).toEqual([403, "origin-not-allowed"]);
    }
  });
});
