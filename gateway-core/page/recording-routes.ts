/** What was kept of devices' streams, over HTTP (docs/interfaces.md, recordings): only of devices whose streams the viewer may watch, changed by who controls them too. */

import type { Hono } from "hono";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { type Grant, mayRecord, maySeeDevice, mayWatch } from "../contract/grant.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import type { PageDevice } from "../contract/page.ts";
import type { ClipWish, Recording, Recordings } from "../contract/recording.ts";
import type { FormTokens } from "./form-token.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { checkOrigin, isForm, readForm, readJson } from "./request-reader.ts";
import { shownRecordings, withoutEvidence } from "./shown-recordings.ts";

export interface RecordingRoutesOptions {
  readonly recordings: Recordings;
  readonly tokens: FormTokens;
  /** What the viewer may see. @throws HomeError `unknown-device` */
  readonly deviceOf: (context: PageContext, id: string) => PageDevice;
}

type Deed = (recording: Recording, body: JsonObject) => Promise<Response>;

const headers = { "cache-control": "no-store" };

export function addRecordingRoutes(app: Hono<PageEnv>, options: RecordingRoutesOptions): void {
  const { recordings, tokens, deviceOf } = options;
  const ofDevice = "/api/devices/:id/recordings";
  const one = "/api/recordings/:id";

  /** What the viewer may not watch is not there. @throws HomeError `not-found` */
  function recordingOf({ req, env }: PageContext): Recording {
    const id = req.param("id") ?? "";
    const found = recordings.list().find((recording) => recording.id === id);
    if (found === undefined || !isSeen(found, env.viewer.grant)) {
      throw new HomeError("not-found", "there is no such recording", { id });
    }
    return found;
  }

  /** JSON of a program is answered in kind, a form leads back to the page that it stood on. */
  async function changed(context: PageContext, device: string, act: (body: JsonObject) => Promise<Response>) {
    const { req, env } = context;
    const { grant, session } = env.viewer;
    const judge = (): void => {
      if (!mayRecord(grant, device)) {
        throw new HomeError("not-granted", "only who controls a device may keep what it sends", { device });
      }
    };
    if (!isForm(req.raw)) {
      checkOrigin(req.raw, env.viewer);
      const body = await bodyOf(req.raw);
      judge();
      return act(body);
    }
    let outcome = "done";
    try {
      checkOrigin(req.raw, env.viewer);
      const form = await readForm(req.raw);
      tokens.check(session, form.get("token"));
      judge();
      await act(Object.fromEntries(form));
    } catch (thrown) {
      outcome = toHomeError(thrown).code;
    }
    const root = "../".repeat(req.path.split("/").length - 2);
    const location = `${root}devices/${encodeURIComponent(device)}?result=${outcome}#recordings`;
    return new Response(null, { status: 303, headers: { ...headers, location } });
  }
  const deed =
    (act: Deed) =>
    (context: PageContext): Promise<Response> => {
      const recording = recordingOf(context);
      return changed(context, recording.device, (body) => act(recording, body));
    };

  app.get("/api/recordings", ({ env }) => {
    const seen = recordings.list().filter((recording) => isSeen(recording, env.viewer.grant));
    return Response.json({ recordings: seen.map(withoutEvidence) }, { headers });
  });
  app.get(ofDevice, (context) => {
    const device = deviceOf(context, context.req.param("id") ?? "");
    const shown = shownRecordings(recordings, device, context.env.viewer.grant);
    if (shown === undefined)
      throw new HomeError("not-found", "the device sends nothing to keep", { device: device.id });
    return Response.json(shown, { headers });
  });
  app.post(ofDevice, (context) => {
    const { id } = deviceOf(context, context.req.param("id") ?? "");
    return changed(context, id, async ({ form = "untouched" }) => {
      if (form !== "untouched") throw invalid("form");
      return Response.json(await recordings.start(id), { status: 201, headers });
    });
  });
  app.get(one, (context) => Response.json(recordingOf(context), { headers }));
  app.get(`${one}/file`, (context) => recordings.answer(recordingOf(context).id, context.req.raw));
  app.post(
    `${one}/stop`,
    deed(async ({ id }) => Response.json(await recordings.stop(id), { headers })),
  );
  app.post(
    `${one}/clip`,
    deed(async ({ id }, body) => Response.json(await recordings.clip(id, wishIn(body)), { status: 202, headers })),
  );
  const remove = deed(async ({ id }) => {
    await recordings.remove(id);
    return new Response(null, { status: 204, headers });
  });
  app.post(`${one}/delete`, remove);
  app.delete(one, remove);
}

const isSeen = ({ device }: Recording, grant: Grant): boolean => maySeeDevice(grant, device) && mayWatch(grant, device);

async function bodyOf(request: Request): Promise<JsonObject> {
  if (request.method === "DELETE") return {};
  const body: Json = (await readJson(request)) ?? {};
  if (isJsonObject(body)) return body;
  throw new HomeError("command-invalid", "an object is awaited");
}

/** @throws HomeError `value-invalid` */
function wishIn({ profile = "h264", rung = "high" }: JsonObject): ClipWish {
  if (profile !== "h264" && profile !== "mpeg4") throw invalid("profile");
  if (rung !== "high" && rung !== "low") throw invalid("rung");
  return { profile, rung };
}

const invalid = (member: string): HomeError => new HomeError("value-invalid", `no such "${member}"`, { member });
