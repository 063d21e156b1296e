import { describe, expect, it } from "vitest";
import { type Grant, parseGrant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { openPageServer } from "../../gateway-core/page/page-server.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lamp } from "../fakes/page-home.ts";
import { open, packets } from "../recordings/open-recordings.ts";
import { until } from "../until.ts";
import { use } from "../use.ts";
import { local, openPage, origin } from "./open-page.ts";

const seen = (id: string) => {
  const device = lamp({ id });
  return { ...device, descriptor: { ...device.descriptor, "gk:stream": true } };
};
const guest = (devices: Parameters<typeof parseGrant>[0]) => ({ ...local, grant: parseGrant({ devices }) });
const watcher = guest({ deck: { access: "view", streams: true } });
const blind = guest({ deck: { access: "control" } });
const owner = guest({ deck: { access: "control", streams: true } });
interface Told {
  readonly code?: string;
  readonly id?: string;
  readonly recordings?: readonly { readonly id: string }[];
}
const json = { "content-type": "application/json" };

async function opened() {
  const kept = await open();
  await use(kept.recordings);
  const page = openPage(
    [seen("deck"), seen("other"), lamp()],
    "/nowhere",
    undefined,
    undefined,
    undefined,
    kept.recordings,
  );
  const post = (path: string, body: unknown = {}, viewer = local, headers: Record<string, string> = json) =>
    page.ask(path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) }, viewer);
  const read = async (response: Promise<Response>) => (await (await response).json()) as Told;
  const codeOf = async (response: Promise<Response>) => (await read(response)).code;
  async function recorded(device = "deck") {
    const { id = "" } = await read(post(`/api/devices/${device}/recordings`, { form: "untouched" }));
    kept.decks.at(-1)?.send(packets(2_000));
    await until(() => expect(kept.recordings.list().find((one) => one.id === id)?.octets).toBe(376_000));
    return id;
  }
  return { ...kept, ...page, post, read, codeOf, recorded };
}

describe("Recordings at the page", () => {
  it("are begun, told, stopped, fetched in parts over a socket, made to clips and removed", async () => {
    const { post, read, ask, recorded, handler, recordings, codeOf } = await opened();
    const id = await recorded();
    expect(await read(ask("/api/devices/deck/recordings"))).toMatchObject({
      mayRecord: true,
      recordings: [{ id, state: "recording", octets: 376_000 }],
    });
    expect(await codeOf(ask(`/api/recordings/${id}/file`))).toBe("not-found");
    expect(await read(post(`/api/recordings/${id}/stop`))).toMatchObject({
      state: "whole",
      evidence: { lostDataBlocks: 3 },
    });
    expect((await read(ask("/api/recordings"))).recordings).toMatchObject([{ id, device: "deck" }]);

    const server = await use(
      openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host: fakeHost() }),
    );
    const file = new URL(`/api/recordings/${id}/file`, server.url);
    const part = await fetch(file, { headers: { range: "bytes=187-189" } });
    expect([part.status, part.headers.get("content-range"), new Uint8Array(await part.arrayBuffer())]).toEqual([
      ...[206, "bytes 187-189/376000", new Uint8Array(packets(2).subarray(187, 190))],
    ]);
    const head = await fetch(file, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "376000"]);
    expect((await fetch(file, { headers: { range: "bytes=376000-" } })).status).toBe(416);
    expect((await (await fetch(file)).arrayBuffer()).byteLength).toBe(376_000);

    const clip = await post(`/api/recordings/${id}/clip`, { profile: "mpeg4", rung: "low" });
    expect([clip.status, await clip.json()]).toMatchObject([202, { of: id, form: "mp4" }]);
    expect(await codeOf(post(`/api/recordings/${id}/clip`, { profile: "vhs" }))).toBe("value-invalid");
    expect(await codeOf(post("/api/devices/deck/recordings", { form: "smaller" }))).toBe("value-invalid");
    expect((await ask(`/api/recordings/${id}`, { method: "DELETE" })).status).toBe(204);
    expect(await codeOf(ask(`/api/recordings/${id}`))).toBe("not-found");
    expect(recordings.list().some((one) => one.id === id)).toBe(false);
  });

  it("are there for who may watch the device, and changed by who controls it too", async () => {
    const { post, read, ask, recorded, codeOf } = await opened();
    const [id, others] = [await recorded("deck"), await recorded("other")];
    await post(`/api/recordings/${id}/stop`);
    const listed = async (grant: Grant) =>
      ((await read(ask("/api/recordings", {}, { ...local, grant }))).recordings ?? []).map((one) => one.id);
    expect(await listed(watcher.grant)).toEqual([id]);
    expect(await listed(blind.grant)).toEqual([]);
    expect((await listed(wholeGrant)).sort()).toEqual([id, others].sort());
    expect(await read(ask("/api/devices/deck/recordings", {}, watcher))).toMatchObject({ mayRecord: false });
    expect((await ask(`/api/recordings/${id}/file`, {}, watcher)).status).toBe(200);
    expect(await codeOf(ask(`/api/recordings/${id}/file`, {}, blind))).toBe("not-found");
    expect(await codeOf(ask(`/api/recordings/${others}/file`, {}, owner))).toBe("not-found");
    expect(await codeOf(ask("/api/devices/deck/recordings", {}, blind))).toBe("not-found");
    expect(await codeOf(ask("/api/devices/lamp/recordings"))).toBe("not-found");
    for (const viewer of [watcher, blind]) {
      expect(await codeOf(post("/api/devices/deck/recordings", {}, viewer))).toBe("not-granted");
    }
    expect(await codeOf(post(`/api/recordings/${id}/clip`, {}, watcher))).toBe("not-granted");
    expect(await codeOf(ask(`/api/recordings/${id}`, { method: "DELETE" }, watcher))).toBe("not-granted");
    expect(await codeOf(post(`/api/recordings/${others}/stop`, {}, owner))).toBe("not-found");
    expect((await ask(`/api/recordings/${id}`, { method: "DELETE" }, owner)).status).toBe(204);
  });

  it("are changed by our own page alone", async () => {
    const { post, ask, recorded, codeOf } = await opened();
    const id = await recorded();
    const foreign = { ...json, origin: "http://evil.example" };
    expect(await codeOf(post("/api/devices/other/recordings", {}, local, foreign))).toBe("origin-not-allowed");
    expect(await codeOf(post(`/api/recordings/${id}/stop`, {}, local, { "content-type": "text/plain" }))).toBe(
      "unsupported-media-type",
    );
    expect(
      await codeOf(ask(`/api/recordings/${id}`, { method: "DELETE", headers: { "sec-fetch-site": "cross-site" } })),
    ).toBe("origin-not-allowed");
    const form = { "content-type": "application/x-www-form-urlencoded", origin };
    const lead = await post(`/api/recordings/${id}/delete`, "token=none", local, form);
    expect([lead.status, lead.headers.get("location")]).toEqual([
      ...[303, "../../../devices/deck?result=form-token-invalid#recordings"],
    ]);
  });

  it.each(["en", "ja"])("are kept without script, in %s", async (language) => {
    const { ask, post, decks, recordings } = await opened();
    const page = async (viewer = local) =>
      (await ask("/devices/deck", { headers: { accept: "text/html", "accept-language": language } }, viewer)).text();
    const first = await page();
    const token = /name="token" value="([^"]+)"/.exec(first)?.[1] ?? "";
    expect(first).toContain('action="../api/devices/deck/recordings"');
    const form = { "content-type": "application/x-www-form-urlencoded", origin };
    const begun = await post("/api/devices/deck/recordings", `token=${token}`, local, form);
    expect(begun.headers.get("location")).toBe("../../../devices/deck?result=done#recordings");
    const id = recordings.list()[0]?.id ?? "";
    decks[0]?.send(packets(2_000));
    await until(() => expect(recordings.list()[0]?.octets).toBe(376_000));
    expect(await page()).toContain(`action="../api/recordings/${id}/stop"`);
    await post(`/api/recordings/${id}/stop`, `token=${token}`, local, form);
    const kept = await page();
    expect(kept).toContain(`href="../api/recordings/${id}/file" download`);
    expect(kept).toContain("MPEG-2 TS · 0:00 · 0.4 MB");
    expect(kept).toContain(`action="../api/recordings/${id}/clip"`);
    const watched = await page(watcher);
    expect([watched.includes(`${id}/file`), watched.includes(`${id}/delete`)]).toEqual([true, false]);
    expect(await page(blind)).not.toContain("recordings");
    await post(`/api/recordings/${id}/delete`, `token=${token}`, local, form);
    expect(recordings.list()).toEqual([]);
  });
});
