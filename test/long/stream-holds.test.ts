/** What holds of streams when those who carry them go and come back, and how many may watch. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import { openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import {
  codeOf,
  cookiesOf,
  type Joined,
  number,
  openRig,
  password,
  type Rig,
  untilState,
} from "../access-broker/rig.ts";
import { openStream, sessionOf, watchStream } from "../access-broker/stream-viewer.ts";
import { TwoRungStream } from "../fakes/two-rung-stream.ts";

const patience = { timeout: 30_000 };

describe("Streams of a home", () => {
  let rig: Rig;
  let home: Joined;
  let stream: TwoRungStream;
  let device = "deck-0";
  let decks = 0;
  let cookie: string;
  const open = async () => stream.hold();
  const page = async () => new Response("page");
  beforeAll(async () => {
    rig = await openRig(undefined, { media: { viewersAtOnce: 3 } });
    home = await rig.join(page, undefined, undefined, undefined, { open });
  });
  beforeEach(async () => {
    device = `deck-${++decks}`;
    stream = new TwoRungStream();
    cookie = await rig.logIn();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const watching = async () => {
    stream.play(0, 1);
    const session = sessionOf(await openStream(rig, cookie, device));
    const watched = await watchStream(rig, cookie, session);
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    const stop = () => rig.ask(`/api/streams/${session}`, { method: "DELETE", headers: { cookie } });
    return { session, watched, stop };
  };
  const isQuiet = (): unknown => [stream.followers, stream.holds];

  it("at two rungs are two, each of which ends within its second when its viewers have left, while the other goes on", async () => {
    const { session, watched, stop } = await watching();
    const slow = await watchStream(rig, cookie, session, "?rung=low");
    await expect.poll(() => slow.length).toBe(1 + 2 * 100);
    expect(isQuiet()).toEqual([2, 2]);
    slow.leave();
    await expect.poll(isQuiet, patience).toEqual([1, 1]);
    stream.play(1, 2);
    await expect.poll(() => watched.length).toBe(1 + 4 * 400);
    await stop();
    await expect.poll(isQuiet, patience).toEqual([0, 0]);
  });

  it("have so many viewers and no more, and who has one in vain takes nothing from those who watch", async () => {
    const cookies = [cookie, await rig.logIn(), await rig.logIn(), await rig.logIn()];
    stream.play(0, 1);
    const answers = [];
    for (const of of cookies) answers.push(await openStream(rig, of, device));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
    const [first, , , last] = answers;
    if (first === undefined || last === undefined) throw new Error("no answer");
    expect(codeOf(last)).toBe("too-many-streams");
    const watched = await watchStream(rig, cookie, sessionOf(first));
    await expect.poll(() => watched.length).toBe(1 + 2 * 400);
    expect(stream.holds).toBe(1);
    // A place is free again as soon as its session ends.
    await rig.ask("/logout", { method: "POST", headers: { cookie: cookies[1] ?? "" } });
    const again = await openStream(rig, cookies[3] ?? "", device);
    expect(again.status).toBe(201);
    for (const of of [cookies[0], cookies[2], cookies[3]]) {
      await rig.ask("/logout", { method: "POST", headers: { cookie: of ?? "" } });
    }
    await watched.ended;
    await expect.poll(isQuiet, patience).toEqual([0, 0]);
  });

  it("are no more sent by the home as soon as who plays them as HLS was granted them no longer", async () => {
    await subscribe({ ...rig.provider, number, user: "taro", password, isOneTime: false });
    const grant = async (streams: boolean): Promise<void> => {
      const json = { user: "taro", role: "guest", grant: { devices: { [device]: { access: "view", streams } } } };
      expect((await rig.ask("/account/people/grant", { json, headers: { cookie } })).status).toBeLessThan(400);
    };
    await grant(true);
    const guest = cookiesOf(await rig.ask("/login", { form: { user: "taro", password } }));
    stream.play(0, 5);
    const session = sessionOf(await openStream(rig, guest, device));
    const get = (path: string) => rig.ask(`/api/streams/${session}${path}`, { headers: { cookie: guest } });
    const playlist = get("/low/index.m3u8");
    // Segments begin with the shelf: three of them make a playlist.
    await expect.poll(() => stream.followers).toBe(2);
    stream.play(5, 10);
    expect((await playlist).status).toBe(200);
    await grant(false);
    // Not only when nothing was asked for so long that they must have gone.
    await expect.poll(isQuiet, { timeout: 5_000 }).toEqual([0, 0]);
    expect((await get("")).status).toBe(403);
  });

  it("end when a gateway that was begun anew takes the place of one whose connection still stands, and may be had of it", async () => {
    const { watched } = await watching();
    const before = stream;
    stream = new TwoRungStream();
    const { registration, host } = home;
    const anew = openAccessLink({ host, registration, handler: page, streams: { open } });
    anew.setPage(true);
    await untilState(anew, "online");
    // The one before would take its place back in a moment.
    await home[Symbol.asyncDispose]();
    await watched.ended;
    await expect.poll(() => [before.followers, before.holds], patience).toEqual([0, 0]);
    await expect.poll(() => anew.state, patience).toBe("online");
    const again = await watching();
    again.watched.leave();
    await again.stop();
    await expect.poll(isQuiet, patience).toEqual([0, 0]);
    home = { link: anew, registration, host, [Symbol.asyncDispose]: () => anew[Symbol.asyncDispose]() };
  });

  it("end with the access broker, for the home at once, and may be had again of the next one", async () => {
    const { session, watched } = await watching();
    await rig.stop();
    await watched.ended;
    await expect.poll(isQuiet, patience).toEqual([0, 0]);
    await rig.start();
    await untilState(home.link, "online");
    cookie = await rig.logIn();
    const gone = await rig.ask(`/api/streams/${session}/video`, { headers: { cookie } });
    expect([gone.status, codeOf(gone)]).toEqual([404, "not-found"]);
    const again = await watching();
    await again.stop();
    await expect.poll(isQuiet, patience).toEqual([0, 0]);
  });

  it("end when another card takes their home's place: within seconds, by a gateway that is in somebody else's hands", async () => {
    const { watched } = await watching();
    const before = stream;
    stream = new TwoRungStream();
    const thief = home;
    home = await rig.join(page, undefined, undefined, undefined, { open });
    await watched.ended;
    await expect.poll(() => [before.followers, before.holds], patience).toEqual([0, 0]);
    await thief[Symbol.asyncDispose]();
  });
});
