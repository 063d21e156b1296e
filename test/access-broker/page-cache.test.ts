import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./rig.ts";

describe("What the access broker keeps of a home's pages", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("is fetched anew when the home comes back, shown when it is away, and gone with the session", async () => {
    let asked = 0;
    const serve = async () => {
      asked++;
      const page = `<title>Home</title><p>visit ${asked}</p><form><button>off</button></form>`;
      return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
    };
    const cookie = await rig.logIn();
    const look = (with_: string) => rig.ask("/", { headers: { cookie: with_, accept: "text/html" } });
    const first = await rig.join(serve);
    expect((await look(cookie)).text).toContain("visit 1");
    await first[Symbol.asyncDispose]();
    expect((await look(cookie)).text).toContain("visit 1");
    const second = await rig.join(serve);
    await expect.poll(() => asked).toBe(2);
    await second[Symbol.asyncDispose]();
    await expect.poll(async () => (await look(cookie)).headers.age).toBeDefined();
    const still = await look(cookie);
    expect([still.status, still.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(still.text).toContain("visit 2");
    expect(still.text).toContain("The home cannot be reached just now");
    expect(still.text).not.toContain("<button>");
    expect((await rig.ask("/api/home", { headers: { cookie } })).status).toBe(503);
    expect((await rig.ask("/logout", { method: "POST", headers: { cookie } })).status).toBe(303);
    expect((await look(await rig.logIn())).status).toBe(503);
  });

  it("is nobody's at a path that only looks like a file's", async () => {
    await using home = await rig.join(
      async () =>
        new Response("hanako's", { headers: { "cache-control": "public, immutable", "content-type": "text/css" } }),
    );
    const cookie = await rig.logIn();
    expect((await rig.ask("/page.css", { headers: { cookie } })).text).toBe("hanako's");
    await home[Symbol.asyncDispose]();
    await expect.poll(async () => (await rig.ask("/page.css", { headers: { cookie } })).status).toBe(503);
    for (const path of ["/api/home/x.css", "/api/home;x.css", "/api/home%2f..%2fx.css"]) {
      expect((await rig.ask(path, { headers: { cookie } })).status, path).toBe(404);
    }
  });
});
