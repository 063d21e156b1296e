import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { expect, it } from "vitest";
import { lamp } from "../fakes/page-home.ts";
import { openPage } from "../page/open-page.ts";
import { open, packets } from "../recordings/open-recordings.ts";
import { until } from "../until.ts";
import { openRig } from "./rig.ts";

it("A recording is begun, fetched whole and in parts, and removed through the access broker, whose cache leaves it alone", async () => {
  const device = lamp({ id: "deck" });
  const seeing = { ...device, descriptor: { ...device.descriptor, "gk:stream": true } };
  const { recordings, decks } = await open();
  const { handler } = openPage([seeing], "/nowhere", undefined, undefined, undefined, recordings);
  await using rig = await openRig();
  const cookie = await rig.logIn();
  await using _home = await rig.join(handler);
  const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(rig.optionsOf(path, { method, headers: { cookie, ...headers } }), resolve)
        .once("error", reject)
        .end();
    });
  const octetsOf = async (answer: IncomingMessage) => Buffer.concat(await answer.toArray());
  const origin = `https://${rig.authority()}`;

  const begun = await rig.ask("/api/devices/deck/recordings", {
    json: { form: "untouched" },
    headers: { cookie, origin },
  });
  expect(begun.status).toBe(201);
  const { id } = JSON.parse(begun.text);
  const sent = packets(20_000);
  decks[0]?.send(sent);
  await until(() => expect(recordings.list()[0]?.octets).toBe(sent.length));
  await rig.ask(`/api/recordings/${id}/stop`, { json: {}, headers: { cookie, origin } });

  const path = `/api/recordings/${id}/file`;
  const whole = await get(path);
  expect([whole.statusCode, whole.headers["content-length"], whole.headers["content-disposition"]]).toEqual([
    ...[200, String(sent.length), expect.stringContaining("attachment")],
  ]);
  expect(sent.equals(await octetsOf(whole))).toBe(true);
  const etag = whole.headers.etag ?? "";
  const part = await get(path, { range: "bytes=1000000-2999999", "if-range": etag });
  expect([part.statusCode, part.headers["content-range"]]).toEqual([206, `bytes 1000000-2999999/${sent.length}`]);
  expect(sent.subarray(1_000_000, 3_000_000).equals(await octetsOf(part))).toBe(true);
  const beyond = await get(path, { range: `bytes=${sent.length}-` });
  expect([beyond.statusCode, beyond.headers["content-range"]]).toEqual([416, `bytes */${sent.length}`]);
  const head = await get(path, {}, "HEAD");
  expect([head.statusCode, head.headers["content-length"]]).toEqual([200, String(sent.length)]);

  // Who leaves in the middle of it leaves nothing open at the home.
  const left = await get(path);
  await new Promise((resolve) => left.once("data", resolve));
  left.destroy();
  expect((await get(`/api/recordings/${id}`, { origin }, "DELETE")).statusCode).toBe(204);
  const gone = await get(path);
  expect([gone.statusCode, JSON.parse((await octetsOf(gone)).toString()).code]).toEqual([404, "not-found"]);
});
