/** The way down: nobody new comes in, what is under way comes to its end, viewers and homes are told to come back. */

import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { expect, it } from "vitest";
import { until } from "../until.ts";
import { openRig, type Rig, untilState } from "./rig.ts";

const open = (rig: Rig, path: string, cookie: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(rig.optionsOf(path, { headers: { cookie } }), resolve)
      .once("error", reject)
      .end();
  });

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of answer.setEncoding("utf8")) text += piece;
  return text;
}

it("A broker that is asked to stop lets a slow request end, and tells an event stream when to come back", async () => {
  await using rig = await openRig();
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  await using home = await rig.join(async (asking) => {
    if (asking.url.endsWith("/api/events")) {
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => stream.enqueue(new TextEncoder().encode("event: snapshot\ndata: {}\n\n")),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }
    onAsked();
    await mayAnswer;
    return new Response("at last");
  });
  const cookie = await rig.logIn();
  const events = await open(rig, "/api/events", cookie);
  const eventText = textOf(events);
  const slow = open(rig, "/things/slow", cookie);
  await asked;

  let isDrained = false;
  const drained = rig.drain().then(() => {
    isDrained = true;
  });
  expect(await eventText).toMatch(/^event: snapshot\ndata: \{\}\n\nretry: \d+\n\n$/);
  const health = await fetch(`${rig.operator}/health`);
  expect([health.status, (await health.json()).status]).toEqual([503, "draining"]);
  await expect(rig.ask("/login")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect([isDrained, home.link.state]).toEqual([false, "online"]);

  answerNow();
  expect(await textOf(await slow)).toBe("at last");
  await drained;
  await rig.stop();
  await untilState(home.link, "offline");
  // It was told that this is no failure, and comes back by itself within that time.
  expect(home.host.log.lines).toContainEqual({ level: "info", event: "broker-leaving", facts: { spreadMs: 2_000 } });
  await rig.start();
  await untilState(home.link, "online");
});

it("A request that does not end is waited for no longer than the operator says", async () => {
  await using rig = await openRig(undefined, { operator: { port: 0, drainSeconds: 0 } });
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  await using _home = await rig.join(async () => {
    onAsked();
    return new Promise<Response>(() => undefined);
  });
  const cut = open(rig, "/things/never", await rig.logIn()).then(
    () => "answered",
    () => "cut",
  );
  await asked;
  await rig.drain();
  await rig.stop();
  await until(async () => expect(await cut).toBe("cut"));
});
