import { type ClientHttp2Session, connect } from "node:http2";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type DataHandlers, type DataServer, serveDataLink } from "../../gateway-core/access-link/data-server.ts";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const ticket = "abcdefghijklmnopqrstuvwxyz012345";
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A broker's end of the link, without TLS: what the handler is told of the viewer is what it answers. */
async function openLink(
  handlers: DataHandlers = { handler: async (_, viewer) => Response.json(viewer) },
): Promise<ClientHttp2Session> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const arrived = new Promise<Socket>((resolve) => listener.once("connection", resolve));
  const { port } = listener.address() as AddressInfo;
  const server: DataServer = await serveDataLink(
    createConnection({ port, host: "127.0.0.1" }),
    ticket,
    handlers,
    () => undefined,
  );
  const socket = await arrived;
  await new Promise((resolve) => socket.once("readable", resolve));
  expect(String(socket.read(ticket.length + 1))).toBe(`${ticket}\n`);
  const session = connect("http://home.test", { createConnection: () => socket });
  opened.push(
    () => session.destroy(),
    server.close,
    () => listener.close(),
  );
  return session;
}

/** Asks for the page, saying of the viewer what is given. */
async function ask(session: ClientHttp2Session, said: Record<string, string | string[]>) {
  const stream = session.request({ ":path": "/", "genkan-viewer": "anna", "genkan-viewer-session": "s1", ...said });
  const head = new Promise<number>((resolve) => stream.once("response", (told) => resolve(Number(told[":status"]))));
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return { status: await head, body: JSON.parse(text) as Viewer & { readonly code?: string } };
}

const encoded = (grant: unknown): string => encodeURIComponent(JSON.stringify(grant));

describe("Of a request that comes by the data link", () => {
  it("the viewer has the grant that the access broker says", async () => {
    const session = await openLink();
    const some: Grant = {
      devices: { "lamp-1": { access: "view", properties: ["on", "level"] } },
      window: { days: [1], hours: { from: "09:00", until: "12:00" }, zone: "Asia/Tokyo" },
    };
    for (const grant of [some, wholeGrant]) {
      const { status, body } = await ask(session, { "genkan-viewer-grant": encoded(grant) });
      expect(status).toBe(200);
      expect(body).toEqual({ name: "anna", from: "remote", session: "s1", grant });
    }
  });

  it.each([
    ["none at all", {}],
    ["an empty one", { "genkan-viewer-grant": "" }],
    ["one for no device", { "genkan-viewer-grant": encoded({ devices: {} }) }],
    ["one with a member that nobody knows", { "genkan-viewer-grant": encoded({ ...wholeGrant, all: true }) }],
    ["one cut short", { "genkan-viewer-grant": encoded(wholeGrant).slice(0, -3) }],
    ["one badly encoded", { "genkan-viewer-grant": "%E0%A4%A" }],
    ["two", { "genkan-viewer-grant": [encoded(wholeGrant), encoded(wholeGrant)] }],
  ])("that says a grant that cannot be read, %s, nothing is answered", async (_what, said) => {
    const { status, body } = await ask(await openLink(), said);
    expect(status).toBe(403);
    expect(body.code).toBe("not-granted");
  });
});

describe("An answer on the data link", () => {
  const octets = 300_000;
  const endlessBody = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(5_000)) }, { highWaterMark: 0 });

  it.each([
    [
      "that says that it is long",
      () => new Response(new Uint8Array(octets), { headers: { "content-length": `${octets}` } }),
    ],
    [
      "of pictures without end",
      () => new Response(endlessBody(), { headers: { "content-type": "multipart/x-mixed-replace; boundary=picture" } }),
    ],
  ])("%s takes of the uplink what is left, and a short one beside it does not wait", async (_, long) => {
    const clock = new FakeClock();
    const session = await openLink({
      handler: async (request) => (request.url.endsWith("/long") ? long() : Response.json("short")),
      // An octet in a millisecond.
      line: { clock, leftKbps: () => 8 },
    });
    const asked = { "genkan-viewer": "anna", "genkan-viewer-grant": encoded(wholeGrant) };
    const stream = session.request({ ":path": "/long", ...asked });
    stream.on("error", () => undefined);
    let came = 0;
    stream.on("data", ({ length }: Buffer) => {
      came += length;
    });
    await expect.poll(() => came).toBe(4_096);
    for (let slices = 2; slices < 5; slices++) {
      expect((await ask(session, asked)).status).toBe(200);
      const before = came;
      await clock.advance(4_096);
      await expect.poll(() => came).toBeGreaterThan(before);
      expect(came).toBeLessThanOrEqual(slices * 4_096);
    }
    stream.close();
  });
});
