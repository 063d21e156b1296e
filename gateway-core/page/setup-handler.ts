/** Answers the pages on which a home is set up, to whoever is in the home's own network; everything else is handed on. Nothing from outside comes here. */

import type { Ids, Log } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { type Handler, problemResponse, type Viewer } from "../contract/web.ts";
import { createFormTokens } from "./form-token.ts";
import { type KeyView, type RegistrationView, renderKeys, renderSetup } from "./html-setup.ts";
import { speechOf } from "./language.ts";
import { readPageAssets } from "./page-assets.ts";
import { checkOrigin, readFields } from "./request-reader.ts";

/** What can be set up, joined to the rooms that do it by the front door. */
export interface Setup {
  registration(): RegistrationView;
  /** @throws HomeError what the card or its broker refuses; `already-enrolled` unless the registration is to be replaced. */
  enrol(card: string, isReplacing: boolean): Promise<void>;
  keys(): readonly KeyView[];
  /** @throws HomeError `value-invalid` */
  addKey(text: string, label: string): void;
  removeKey(fingerprint: string): void;
}

export interface SetupHandlerOptions {
  readonly setup: Setup;
  /** What answers everything else. */
  readonly handler: Handler;
  /** The folder of the built page, for its style. */
  readonly assets: string;
  readonly host: { readonly ids: Ids; readonly log: Log };
}

/** Nothing runs here, and nothing is sent anywhere else. */
const headers = {
  "content-type": "text/html; charset=UTF-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  vary: "accept-language",
};

export function createSetupHandler({ setup, handler, assets, host }: SetupHandlerOptions): Handler {
  const { files } = readPageAssets(assets, host.log);
  const tokens = createFormTokens(host.ids.fresh());

  function show(request: Request, { session }: Viewer, path: string): Response {
    const result = new URL(request.url).searchParams.get("result");
    const print = {
      ...{ files, speech: speechOf(request.headers.get("accept-language")), token: tokens.place },
      ...(result === null ? {} : { result }),
    };
    const text = path === "/setup" ? renderSetup(setup.registration(), print) : renderKeys(setup.keys(), print);
    return new Response(request.method === "HEAD" ? null : tokens.seal(text, session), { headers });
  }

  /** Does what a form asks for and leads back to the page, which says what became of it. */
  async function submit(request: Request, viewer: Viewer, path: string): Promise<Response> {
    let result: string;
    try {
      checkOrigin(request, viewer);
      const fields = await readFields(request);
      tokens.check(viewer.session, fields("token"));
      result = path === "/setup" ? await enrol(fields) : changeKeys(fields);
    } catch (thrown) {
      const { code, message } = toHomeError(thrown);
      host.log.write("warn", "setup-refused", { code, message, path });
      result = code;
    }
    const location = `${path === "/setup" ? "setup" : "keys"}?result=${result}`;
    return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
  }

  async function enrol(fields: (name: string) => string): Promise<string> {
    await setup.enrol(fields("card").trim() || fields("file"), fields("replace") === "yes");
    return "registered";
  }

  function changeKeys(fields: (name: string) => string): string {
    const fingerprint = fields("remove");
    if (fingerprint === "") setup.addKey(fields("key"), fields("label"));
    else setup.removeKey(fingerprint);
    return fingerprint === "" ? "key-added" : "key-removed";
  }

  return async (request, viewer) => {
    const path = new URL(request.url).pathname;
    if (viewer.from !== "local" || (path !== "/setup" && path !== "/setup/keys")) return handler(request, viewer);
    if (request.method === "GET" || request.method === "HEAD") return show(request, viewer, path);
    if (request.method === "POST") return submit(request, viewer, path);
    return problemResponse(new HomeError("method-not-allowed", `${request.method} does nothing at ${path}`, { path }));
  };
}
