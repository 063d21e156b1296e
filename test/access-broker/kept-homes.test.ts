import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keptHomes, withHome } from "../../access-broker/internet/kept-homes.ts";
import { foreignIn } from "../fakes/compact-judge.ts";
import { type Answer, bareHost, cookiesOf, number, openRig, type Rig } from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const text = { "user-agent": "w3m/0.5.3", "accept-language": "en" };
const other = "090-2";

describe("The homes that a person keeps in their browser", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const at = (path: string, headers: object = {}, form?: Readonly<Record<string, string>>): Promise<Answer> =>
    rig.ask(path, { name: bareHost, headers: { ...html, ...headers }, ...(form === undefined ? {} : { form }) });
  const keep = async (wanted: string, cookie = "", headers: object = {}): Promise<Answer> =>
    at("/homes/keep", { cookie, ...headers }, { number: wanted });
  const addressOf = (home: string): string => `https://${home}.${bareHost}:${rig.port}/`;

  it("are listed at the bare host, each at its own address, which asks who they are", async () => {
    const cookie = cookiesOf(await keep("０９０ー２", cookiesOf(await keep(number))));
    const { text: page } = await at("/homes", { cookie });
    for (const home of [number, other]) expect(page).toContain(`<a href="${addressOf(home)}">`);
    expect(page).not.toMatch(/class="state"/);
    expect((await at("/", { cookie })).headers.location).toBe("/homes");
  });

  it("are led to where there is but one", async () => {
    const cookie = cookiesOf(await keep(number));
    expect((await at("/", { cookie })).headers.location).toBe(addressOf(number));
    expect((await at("/?number=", { cookie })).status).toBe(200);
  });

  it("are forgotten when they are told to", async () => {
    const cookie = cookiesOf(await keep(other, cookiesOf(await keep(number))));
    const left = await at("/homes/forget", { cookie }, { number });
    const { text: page } = await at("/homes", { cookie: cookiesOf(left) });
    expect(page).toContain(addressOf(other));
    expect(page).not.toContain(addressOf(number));
    const [last = ""] =
      (await at("/homes/forget", { cookie: cookiesOf(left) }, { number: other })).headers["set-cookie"] ?? [];
    expect(last).toContain("Max-Age=0");
  });

  it("prove nothing: a number that nobody has is kept alike, and a program is told of none", async () => {
    const [known, unknown] = [await keep(number), await keep("no-such-home")];
    expect([known.status, known.headers.location]).toEqual([unknown.status, unknown.headers.location]);
    const told = await rig.ask("/homes", { name: bareHost, headers: { cookie: cookiesOf(known) } });
    expect(told.status).toBe(401);
  });

  it("are kept by the person at this page alone, and out of reach of every home", async () => {
    const led = await keep(number, "", {
      origin: `https://${number}.${bareHost}:${rig.port}`,
      "sec-fetch-site": "same-site",
    });
    expect([led.status, led.headers["set-cookie"]]).toEqual([403, undefined]);
    const offered = await at(`/homes?number=${number}`);
    expect(offered.text).toContain(`value="${number}"`);
    expect(offered.headers["set-cookie"]).toBeUndefined();
    const [cookie = ""] = (await keep(number)).headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-genkan-kept=.*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
    expect(cookie).not.toContain("Domain");
  });

  it("are no numbers but such as there may be, and no more than a browser carries", async () => {
    expect((await keep("<b>")).status).toBe(422);
    const told = new Headers({ cookie: `__Host-genkan-kept=${number}.<b>.www.${number}` });
    expect(keptHomes(told)).toEqual([number]);
    const many = Array.from({ length: 30 }, (_, at) => `home-${at}`);
    const kept = keptHomes(new Headers({ cookie: withHome(many, "newest").split(";")[0] ?? "" }));
    expect([kept.length, kept.at(-1)]).toEqual([16, "newest"]);
  });

  it("are a compact list on a simple terminal, each by its path", async () => {
    const first = await at("/homes/keep", text, { number });
    expect([first.status, first.headers.location]).toEqual([302, `https://${bareHost}:${rig.port}/homes`]);
    const list = await at("/homes", { ...text, cookie: cookiesOf(first) });
    expect(foreignIn(list.text)).toEqual([]);
    expect(Buffer.byteLength(list.text)).toBeLessThanOrEqual(2_048);
    expect(list.text).toContain(`href="/n/${number}/"`);
    const led = await at(`/?number=${number}`, text);
    expect([led.status, led.headers.location]).toEqual([302, `https://${bareHost}:${rig.port}/n/${number}/`]);
  });
});
