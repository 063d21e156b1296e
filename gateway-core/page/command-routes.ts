/** The paths that change something: JSON by PUT and POST for programs and the page's script, POSTed forms for everybody else. */

import type { Hono } from "hono";
import { type Clock, type Host, sleep } from "../contract/clock.ts";
import { type Envelope, unwrapCommand } from "../contract/command-envelope.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { commandRefusal, windowRefusal } from "../contract/grant.ts";
import { isJsonObject } from "../contract/json.ts";
import type { Command, CommandRequest, CommandResult, Control } from "../contract/messages.ts";
import { askField, decodeAsk, fieldValue } from "../contract/page-form.ts";
import { problemResponse, type Viewer } from "../contract/web.ts";
import { compactPaths } from "./compact-routes.ts";
import type { FormTokens } from "./form-token.ts";
import type { PageContext, PageEnv } from "./page-env.ts";
import { checkOrigin, isForm, readForm, readJson } from "./request-reader.ts";

/** How long an answer waits for the device before it says "pending". */
const pendingMs = 2_000;

export interface CommandRoutesOptions {
  readonly control: Control;
  readonly tokens: FormTokens;
  readonly host: Host;
}

export function addCommandRoutes(app: Hono<PageEnv>, { control, tokens, host }: CommandRoutesOptions): void {
  const property = "/api/devices/:id/properties/:name";
  const action = "/api/devices/:id/actions/:name";

  app.put(property, async (context) => {
    checkOrigin(context.req.raw, context.env.viewer);
    const name = context.req.param("name");
    const { value, ...bounds } = unwrapCommand(await readJson(context.req.raw), false);
    return answer(context, context.req.param("id"), { kind: "property", name, value }, bounds);
  });
  app.put("/api/devices/:id/properties", async (context) => {
    checkOrigin(context.req.raw, context.env.viewer);
    const { value, ...bounds } = unwrapCommand(await readJson(context.req.raw), false);
    if (!isJsonObject(value)) throw new HomeError("command-invalid", "an object of properties is awaited");
    return answer(context, context.req.param("id"), { kind: "set", value }, bounds);
  });
  app.post(property, async (context) => {
    if (!isForm(context.req.raw)) throw new HomeError("unsupported-media-type", "a form is POSTed here; JSON is PUT");
    const name = context.req.param("name");
    return submitted(context, context.req.param("id"), (value) => ({ kind: "property", name, value }));
  });
  app.post(action, async (context) => {
    const [id, name] = [context.req.param("id"), context.req.param("name")];
    if (isForm(context.req.raw)) return submitted(context, id, (value) => ({ kind: "action", name, value }));
    checkOrigin(context.req.raw, context.env.viewer);
    const { value, ...bounds } = unwrapCommand(await readJson(context.req.raw), true);
    return answer(context, id, { kind: "action", name, value }, bounds);
  });

  for (const [kind, path] of [
    ["property", compactPaths.property],
    ["action", compactPaths.action],
  ] as const) {
    app.post(path, async (context) => {
      if (!isForm(context.req.raw)) throw new HomeError("unsupported-media-type", "a form is POSTed here");
      const name = context.req.param("name");
      return submitted(context, context.req.param("id"), (value) => ({ kind, name, value }));
    });
  }

  /**
   * Undefined while it is pending. What was not granted never reaches the control.
   * @throws HomeError `not-granted`, `unknown-device`, `unknown-property`
   */
  async function execute({ grant }: Viewer, command: Command): Promise<CommandResult | undefined> {
    const { device, request } = command;
    const refusal = windowRefusal(grant, host.clock.now()) ?? commandRefusal(grant, device, request);
    if (refusal !== undefined) throw refusal;
    const result = await within(host.clock, control.execute(command));
    // An id that was used before gives that command's result again: it may have been of what is not theirs.
    const leak = result && commandRefusal(grant, result.device, result.request);
    if (leak !== undefined) throw new HomeError("command-invalid", "another command had this id", { id: command.id });
    return result;
  }

  /** `200 {value}` once confirmed, `202 {id}` while pending (the result of that id is told as an event), else the error. */
  async function answer(
    { env }: PageContext,
    device: string,
    request: CommandRequest,
    bounds: Omit<Envelope, "value">,
  ): Promise<Response> {
    const { id = host.ids.fresh() } = bounds;
    const result = await execute(env.viewer, { ...bounds, id, device, request });
    const headers = { "cache-control": "no-store" };
    if (result === undefined) return Response.json({ id }, { status: 202, headers });
    if (result.ok) return Response.json({ value: result.value }, { headers });
    const { code, message, ...details } = result.error;
    return problemResponse(new HomeError(code, message, details));
  }

  /** Sees to a form, then leads back to the page that it stood on, which says what became of it. */
  async function submitted(
    { req, env }: PageContext,
    device: string,
    ask: (value: ReturnType<typeof fieldValue>) => CommandRequest,
  ): Promise<Response> {
    let form = new URLSearchParams();
    let outcome: string;
    try {
      checkOrigin(req.raw, env.viewer);
      form = readAsked(await readForm(req.raw));
      tokens.check(env.viewer.session, form.get("token"));
      const request = ask(fieldValue(form.get("value") ?? "null"));
      const result = await execute(env.viewer, { id: host.ids.fresh(), device, request });
      outcome = result === undefined ? "sent" : result.ok ? "done" : result.error.code;
    } catch (thrown) {
      outcome = toHomeError(thrown).code;
    }
    if (req.path.startsWith("/c/")) return leadCompact(req.url, device, outcome);
    const page = form.get("from") === "device" ? `devices/${encodeURIComponent(device)}` : "";
    const kiosk = form.has("kiosk") ? "kiosk=1&" : "";
    const location = `../../../../${page}?${kiosk}result=${outcome}`;
    return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
  }
}

/** A form whose button says it all, as one that has a field for each. */
function readAsked(form: URLSearchParams): URLSearchParams {
  const ask = form.get(askField);
  if (ask === null) return form;
  const { token, from, value } = decodeAsk(ask);
  return new URLSearchParams({ token, from, value, ...(from === "wall" ? { kiosk: "1" } : {}) });
}

/** Old terminals know neither 303 nor a relative address. */
function leadCompact(url: string, device: string, outcome: string): Response {
  const location = new URL(`/c/d/${encodeURIComponent(device)}?result=${outcome}`, url).href;
  return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
}

async function within(clock: Clock, result: Promise<CommandResult>): Promise<CommandResult | undefined> {
  const waiting = new AbortController();
  const late = sleep(clock, pendingMs, waiting.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([result, late]);
  } finally {
    waiting.abort();
  }
}
