import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { furnishedHome } from "../fakes/furnished-home.ts";
import { openPage } from "../page/open-page.ts";
import { openRig, type Rig } from "./rig.ts";

describe("A home that compresses its answers, behind the access broker", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  async function askCoded(path: string, headers: Readonly<Record<string, string>>) {
    const options = rig.optionsOf(path, { headers: { accept: "text/html", "accept-encoding": "br", ...headers } });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on("error", reject).end();
    });
    const octets = await buffer(answer);
    const coding = answer.headers["content-encoding"];
    const text = (coding === "br" ? brotliDecompressSync(octets) : octets).toString("utf8");
    return { status: answer.statusCode, headers: answer.headers, coding, octets: octets.length, text };
  }

  it("has its pages and data arrive compressed, its page known again by its tag, and its forms taken", async () => {
    const { handler, control } = openPage(furnishedHome());
    const seen: (string | null)[] = [];
    const home = await rig.join(async (asked, viewer) => {
      if (new URL(asked.url).pathname === "/") seen.push(asked.headers.get("accept-encoding"));
      return handler(asked, viewer);
    });
    const cookie = await rig.logIn();
    const [page, data] = [await askCoded("/", { cookie }), await askCoded("/api/home", { cookie })];
    expect([page.status, page.coding, data.status, data.coding]).toEqual([200, "br", 200, "br"]);
    expect(page.text).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(JSON.parse(data.text).devices).toHaveLength(50);
    expect(page.octets + data.octets).toBeLessThan(20_000);
    // What the broker keeps it reads as it is.
    expect(seen).toEqual([null]);
    expect((await askCoded("/", { cookie, "if-none-match": page.headers.etag ?? "" })).status).toBe(304);

    const [, action = "", token = ""] =
      /action="(api\/devices\/[^"]+\/properties\/power)">\s*<input type="hidden" name="token" value="([^"]+)"/.exec(
        page.text,
      ) ?? [];
    const taken = await rig.ask(`/${action}`, { form: { token, from: "home", value: "true" }, headers: { cookie } });
    expect([taken.status, String(taken.headers.location)]).toEqual([303, expect.not.stringMatching("form-token")]);
    expect(control.asked).toHaveLength(1);

    await home[Symbol.asyncDispose]();
    await expect.poll(async () => (await askCoded("/", { cookie })).headers.age).toBeDefined();
    const still = await askCoded("/", { cookie });
    expect([still.coding, still.text.includes("<form"), still.text.includes("Living room")]).toEqual([
      "br",
      false,
      true,
    ]);
  });
});
