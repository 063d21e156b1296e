import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { furnishedHome } from "../fakes/furnished-home.ts";
import { openPage } from "./open-page.ts";

const page = openPage(furnishedHome());
const ask = (path: string, encoding?: string): Promise<Response> =>
  page.ask(path, encoding === undefined ? {} : { headers: { "accept-encoding": encoding } });
const told = ({ headers }: Response) => [headers.get("content-encoding"), headers.get("vary")];

describe("What the page answers", () => {
  it.each(["/", "/devices/light-kitchen", "/api/home", "/things"])(
    "%s comes as it is to who asks for no coding",
    async (path) => {
      const answer = await ask(path);
      expect(answer.headers.get("content-encoding")).toBeNull();
      expect(answer.headers.get("vary")).toMatch(/\baccept-encoding$/);
    },
  );

  it.each(["/", "/api/home", "/things"])("%s is the same, compressed, in each coding", async (path) => {
    const plain = await (await ask(path)).text();
    const [br, gz] = [await ask(path, "gzip, deflate, br"), await ask(path, "gzip, br;q=0")];
    expect([told(br)[0], told(gz)[0]]).toEqual(["br", "gzip"]);
    const [brotli, gzip] = [await br.bytes(), await gz.bytes()];
    expect(brotliDecompressSync(brotli).toString("utf8")).toBe(plain);
    expect(gunzipSync(gzip).toString("utf8")).toBe(plain);
    expect(Math.max(brotli.byteLength, gzip.byteLength)).toBeLessThan(plain.length / 2);
  });

  it("keeps its tag in every coding, and is not sent again to who has it", async () => {
    const [plain, coded] = [await ask("/"), await ask("/", "br")];
    const tag = coded.headers.get("etag") ?? "";
    expect(plain.headers.get("etag")).toBe(tag);
    const known = await page.ask("/", { headers: { "accept-encoding": "br", "if-none-match": tag } });
    expect([known.status, await known.text(), known.headers.get("content-encoding")]).toEqual([304, "", null]);
  });

  it("is sent as it is when it is short, or an event stream, of which nothing may wait", async () => {
    expect(told(await ask("/api/devices/nobody/properties", "br"))[0]).toBeNull();
    const leaving = new AbortController();
    const events = await page.ask("/api/events", { headers: { "accept-encoding": "br" }, signal: leaving.signal });
    leaving.abort();
    expect(told(events)).toEqual([null, null]);
  });

  it("has no body to a HEAD", async () => {
    const answer = await page.ask("/", { method: "HEAD", headers: { "accept-encoding": "br" } });
    expect([answer.status, await answer.text(), told(answer)[0]]).toEqual([200, "", null]);
  });
});
