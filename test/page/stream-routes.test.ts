import { describe, expect, it, vi } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { problemResponse, type Viewer } from "../../gateway-core/contract/web.ts";
import { lamp } from "../fakes/page-home.ts";
import { local, openPage, origin } from "./open-page.ts";

/** A lamp with a camera in it. */
const seeing = () => {
  const device = lamp();
  return { ...device, descriptor: { ...device.descriptor, "gk:stream": true } };
};

describe("Streams at the page", () => {
  const opened = () => {
    const asked: string[] = [];
    const expect = vi.fn();
    const page = openPage([seeing()], "/nowhere", undefined, {
      isPath: (path) => path !== "/api/streams/none",
      handler: async ({ method, url }) => {
        const { pathname, search } = new URL(url);
        asked.push(`${method} ${pathname}${search}`);
        return new Response("streamed");
      },
      expect,
    });
    return { ...page, asked, expecting: expect };
  };
  const code = async (response: Response) => ((await response.json()) as { code: string }).code;
  const json = { "content-type": "application/json" };

  it("are asked for by who comes from our own page, of a device that is there", async () => {
    const { ask, asked } = opened();
    const post = (path: string, headers: Record<string, string>) => ask(path, { method: "POST", headers });
    expect(await (await post("/api/devices/lamp/stream", { ...json, origin })).text()).toBe("streamed");
    expect(await code(await post("/api/devices/lamp/stream", { ...json, origin: "http://evil.example" }))).toBe(
      "origin-not-allowed",
    );
    expect(await code(await post("/api/devices/lamp/stream", {}))).toBe("unsupported-media-type");
    expect(await code(await post("/api/devices/nobody/stream", json))).toBe("unknown-device");
    expect(
      (await ask("/api/streams/x", { method: "DELETE", headers: { "sec-fetch-site": "cross-site" } })).status,
    ).toBe(403);
    expect((await ask("/api/streams/x", { method: "DELETE" })).status).toBe(200);
    expect((await ask("/api/devices/lamp/snapshot.jpg")).status).toBe(200);
    expect(await code(await ask("/api/devices/nobody/motion.jpg"))).toBe("unknown-device");
    expect(await code(await ask("/api/streams/none"))).toBe("not-found");
    expect(asked).toEqual([
      "POST /api/devices/lamp/stream",
      "DELETE /api/streams/x",
      "GET /api/devices/lamp/snapshot.jpg",
    ]);
  });

  it("are offered only to who may watch", async () => {
    const { ask } = opened();
    const devicesOf = async (viewer: Viewer) =>
      ((await (await ask("/api/home", {}, viewer)).json()) as { devices: { hasStream?: true; isPartial?: true }[] })
        .devices;
    expect(await devicesOf(local)).toMatchObject([{ hasStream: true }]);
    const [blind] = await devicesOf({ ...local, grant: { devices: { lamp: { access: "control" } } } });
    expect([blind?.hasStream, blind?.isPartial]).toEqual([undefined, undefined]);
    const [seen] = await devicesOf({ ...local, grant: { devices: { lamp: { access: "view", streams: true } } } });
    expect([seen?.hasStream, seen?.isPartial]).toEqual([true, true]);
  });

  it("are expected while somebody looks at a page who may watch", async () => {
    const { ask, expecting } = opened();
    const look = async (viewer: Viewer) => (await ask("/api/events", {}, viewer)).body?.cancel();
    await look({ ...local, grant: { devices: { lamp: { access: "control" } } } });
    expect(expecting).not.toHaveBeenCalled();
    await look(local);
    expect(expecting).toHaveBeenCalledOnce();
  });

  it("are reached without script, and from a simple terminal, by a link to pictures", async () => {
    const { ask } = opened();
    const page = await ask("/devices/lamp", { headers: { accept: "text/html" } });
    expect(await page.text()).toContain('href="../api/devices/lamp/motion.jpg"');
    expect(page.headers.get("content-security-policy")).toContain("media-src 'self' blob:");
    expect(await (await ask("/c/d/lamp")).text()).toContain('href="../d/lamp/picture.jpg"');
    const { ask: look, asked } = opened();
    expect(await (await look("/c/d/lamp/picture.jpg")).text()).toBe("streamed");
    expect(asked).toEqual(["GET /api/devices/lamp/snapshot.jpg?small"]);
  });

  it("say in words to who opened a picture why there is none, and a code to programs", async () => {
    const refused = (refusal: HomeError) =>
      openPage([seeing()], "/nowhere", undefined, {
        isPath: () => true,
        handler: async () => problemResponse(refusal),
        expect: () => undefined,
      }).ask;
    const silent = refused(new HomeError("device-silent", "nothing came"));
    const person = { headers: { accept: "text/html", "accept-language": "ja" } };
    const page = await silent("/api/devices/lamp/motion.jpg", person);
    const words = await page.text();
    expect([page.status, page.headers.get("content-type")]).toEqual([504, "text/html; charset=UTF-8"]);
    expect(words).toContain("いまは映像が出ていません。");
    expect(words).toContain('href="../../../"');
    const compact = await silent("/c/d/lamp/picture.jpg", person);
    expect(await compact.text()).toMatch(/いまは映像が出ていません。[\s\S]*href="\.\.\/\.\.\/" accesskey="0"/);
    expect(await code(await silent("/api/devices/lamp/motion.jpg"))).toBe("device-silent");
    const full = refused(new HomeError("bus-full", "no room"));
    expect(await (await full("/c/d/lamp/picture.jpg", person)).text()).toContain("ほかの映像がAVバスを使用中です");
    expect((await full("/c/d/nobody/picture.jpg", person)).status).toBe(404);
  });
});
