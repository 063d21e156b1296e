import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Handler } from "../../gateway-core/contract/web.ts";
import { bareHost, number, openRig, type Rig, untilState } from "./rig.ts";

describe("The relay", () => {
  let rig: Rig;
  let cookie: string;
  beforeEach(async () => {
    rig = await openRig();
    cookie = await rig.logIn();
  });
  afterEach(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  /** A request whose answer is read as it comes. */
  const open = (path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(rig.optionsOf(path, { headers: { cookie, ...headers } }), resolve)
        .once("error", reject)
        .end();
    });

  it("carries a request over both links to the home, and its answer back", async () => {
    await using _home = await rig.join(async (request, viewer) =>
      Response.json(
        {
          url: request.url,
          method: request.method,
          viewer,
          body: await request.text(),
          cookie: request.headers.get("cookie"),
        },
        { status: 202, headers: { "set-cookie": "theme=dark" } },
      ),
    );
    const { status, headers, text } = await rig.ask("/api/devices/light-1/properties/power?x=%20", {
      method: "PUT",
      body: "true",
      headers: { cookie: `a=1; ${cookie}`, "content-type": "application/json", "genkan-viewer": "admin" },
    });
    const told = JSON.parse(text);
    expect(status).toBe(202);
    expect(told).toMatchObject({
      url: `https://${rig.authority()}/api/devices/light-1/properties/power?x=%20`,
      method: "PUT",
      body: "true",
      cookie: "a=1",
      viewer: { name: "hanako", from: "remote" },
    });
    expect(told.viewer.session).toMatch(/^[\w-]{43}$/);
    expect(cookie).not.toContain(told.viewer.session);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "set-cookie": ["theme=dark"] });
    expect(headers["strict-transport-security"]).toBeUndefined();
  });

  it("streams an answer as it is made, and stops its source when the viewer leaves", async () => {
    const left = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    await using _home = await rig.join(async ({ signal }) => {
      signal.addEventListener("abort", () => left.resolve());
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("event: snapshot\ndata: 1\n\n")),
        cancel: () => cancelled.resolve(),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const response = await open("/api/events");
    const [first] = await new Promise<Buffer[]>((resolve) => response.once("data", (chunk) => resolve([chunk])));
    expect(first?.toString()).toContain("snapshot");
    response.destroy();
    await left.promise;
    await cancelled.promise;
  });

  it("holds a source back while the viewer does not read", async () => {
    let made = 0;
    const chunk = new Uint8Array(64 * 1024);
    await using _home = await rig.join(async () => {
      const body = new ReadableStream({
        pull(controller) {
          made += chunk.length;
          controller.enqueue(chunk);
          if (made >= 256 * 1024 * 1024) controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "application/octet-stream" } });
    });
    const response = await open("/assets/big.js");
    response.pause();
    // A busy machine fills the buffers on the way in its own time.
    let before = -1;
    while (before !== made) {
      before = made;
      await pause(500);
      expect(made).toBeLessThan(24 * 1024 * 1024);
    }
    expect(made).toBeGreaterThan(0);
    response.destroy();
  });

  it("carries large answers whole, several at once", async () => {
    await using _home = await rig.join(async (request) => new Response(new URL(request.url).pathname.repeat(100_000)));
    const paths = ["/things", "/things/a1", "/things/b2", "/api/home"];
    const answers = await Promise.all(paths.map((path) => rig.ask(path, { headers: { cookie } })));
    for (const [at, path] of paths.entries()) expect(answers[at]?.text === path.repeat(100_000)).toBe(true);
  });

  it("answers for a home that is away, in words to people and in codes to programs", async () => {
    const program = await rig.ask("/api/home", { headers: { cookie } });
    expect(program.status).toBe(503);
    expect(program.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "5" });
    expect(JSON.parse(program.text)).toMatchObject({ code: "home-away" });
    const person = await rig.ask("/", { headers: { cookie, accept: "text/html", "accept-language": "ja" } });
    expect(person.status).toBe(503);
    expect(person.text).toContain("家に接続できません");
    expect(person.text).toContain('http-equiv="refresh"');
  });

  it("tells an open event stream that the home went away, at once when its gateway dies", async () => {
    const home = await rig.join(async () => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("id: 1\n")),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const response = await open("/api/events");
    let text = "";
    response.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    await new Promise((resolve) => response.once("data", resolve));
    const ended = new Promise((resolve) => response.once("end", resolve));
    await home[Symbol.asyncDispose]();
    await ended;
    expect(text).toBe("id: 1\n\n\nevent: home-away\ndata: {}\n\n");
    expect((await rig.ask("/api/home", { headers: { cookie } })).status).toBe(503);
  });

  it("breaks off an answer that the home breaks off: what is cut never looks whole", async () => {
    await using _home = await rig.join(async () => {
      let isFirst = true;
      const body = new ReadableStream({
        async pull(controller) {
          if (isFirst) controller.enqueue(new Uint8Array(1000));
          else {
            await pause(50);
            controller.error(new Error("the source failed"));
          }
          isFirst = false;
        },
      });
      return new Response(body);
    });
    await expect(rig.ask("/api/home", { headers: { cookie } })).rejects.toThrow();
  });

  it("says so when the home offers no page, and goes on when it does again", async () => {
    await using home = await rig.join(async () => new Response("page"));
    home.link.setPage(false);
    await expect
      .poll(async () => (await rig.ask("/api/home", { headers: { cookie } })).text)
      .toContain("page-not-wired");
    home.link.setPage(true);
    await expect.poll(async () => (await rig.ask("/api/home", { headers: { cookie } })).text).toBe("page");
  });

  it("turns to the newer link of a home at once", async () => {
    const answerWith =
      (text: string): Handler =>
      async () =>
        new Response(text);
    await using older = await rig.join(answerWith("older"));
    expect((await rig.ask("/api/home", { headers: { cookie } })).text).toBe("older");
    await using _newer = await rig.join(answerWith("newer"));
    expect((await rig.ask("/api/home", { headers: { cookie } })).text).toBe("newer");
    // The older gateway's certificate is no longer known: it is refused, again and again, and says so once.
    await untilState(older.link, "offline");
    await pause(1_500);
    expect((await rig.ask("/api/home", { headers: { cookie } })).text).toBe("newer");
    expect(older.host.log.events("warn").length).toBeLessThanOrEqual(2);
    const refusals = (await rig.audit()).filter(({ event }) => event === "gateway-refused");
    expect(refusals).toMatchObject([{ number, facts: { reason: "the certificate is no longer known" } }]);
  });

  it("finds the home again after a restart of the broker, and the session is still good", async () => {
    await using home = await rig.join(async () => new Response("page"));
    await rig.stop();
    await untilState(home.link, "offline");
    await rig.start();
    await untilState(home.link, "online");
    expect((await rig.ask("/api/home", { headers: { cookie } })).text).toBe("page");
  }, 20_000);

  it("leaves a handler that fails to itself: 500, no inner word, and the link stands", async () => {
    await using home = await rig.join(async () => {
      throw new TypeError("secret inner state");
    });
    const { status, text } = await rig.ask("/api/home", { headers: { cookie } });
    expect(status).toBe(500);
    expect(text).not.toContain("secret");
    expect(home.host.log.events("error")).toEqual(["page-failed"]);
    expect(home.link.state).toBe("online");
  });

  it("ends the open answers of a session that logs out", async () => {
    await using _home = await rig.join(
      async () => new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } }),
    );
    const response = await open("/api/events");
    const ended = new Promise((resolve) => response.resume().once("close", resolve));
    expect((await rig.ask("/logout", { method: "POST", headers: { cookie } })).status).toBe(303);
    await ended;
    expect((await rig.ask("/api/home", { headers: { cookie } })).status).toBe(401);
  });

  it("serves browsers by HTTP/2 the same", async () => {
    await using _home = await rig.join(
      async (request) => new Response(`${request.method} ${new URL(request.url).pathname}`),
    );
    const { connect } = await import("node:http2");
    const session = connect(`https://${number}.${bareHost}:${rig.port}`, {
      ca: rig.ca,
      lookup: (_name, options, done) =>
        options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
    });
    const stream = session.request({ ":path": "/things", cookie });
    let text = "";
    stream.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    await new Promise((resolve) => stream.once("end", resolve));
    expect(text).toBe("GET /things");
    session.destroy();
  });
});
