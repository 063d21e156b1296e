/**
 * The panel of the simulated home: the switches, remote controls and displays that came with the devices. For the person
 * at this very machine only: no other Host is answered, and no foreign page may press a button (DNS rebinding, CSRF).
 */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import { problemResponse } from "../../gateway-core/contract/web.ts";
import type { DeviceView } from "../device-view.ts";
import { anchorOf, panelPage, panelStyle } from "./panel-page.ts";

export interface PanelHome {
  devices(): readonly DeviceView[];
  /** @throws HomeError */
  set(address: string, eoj: string, epc: string, edt: string): void;
}

const route = /^\/devices\/([0-9.]{7,15})\/([0-9a-f]{6})\/([0-9a-f]{2})$/i;
const safety = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** Never rejects: what goes wrong is an `application/problem+json`. */
export async function handlePanel(request: Request, home: PanelHome): Promise<Response> {
  try {
    const { pathname } = new URL(request.url);
    checkHost(request);
    if (request.method === "GET" || request.method === "HEAD") return show(pathname, request, home);
    checkOrigin(request);
    return await press(pathname, request, home);
  } catch (thrown) {
    return problemResponse(thrown);
  }
}

function show(pathname: string, request: Request, home: PanelHome): Response {
  if (pathname === "/devices") return Response.json(home.devices(), { headers: safety });
  if (pathname === "/panel.css") {
    return new Response(panelStyle, { headers: { ...safety, "content-type": "text/css; charset=utf-8" } });
  }
  if (pathname !== "/") throw new HomeError("not-found", `there is nothing at ${pathname}`);
  const language = /^\s*ja\b/i.test(request.headers.get("accept-language") ?? "") ? "ja" : "en";
  return new Response(panelPage(home.devices(), language), {
    headers: { ...safety, "content-type": "text/html; charset=utf-8", vary: "accept-language" },
  });
}

/** PUT with JSON `{"edt": "30"}` for programs, POST of a form with `edt` for the buttons of the page. */
async function press(pathname: string, request: Request, home: PanelHome): Promise<Response> {
  const [, address, eoj, epc] = route.exec(pathname) ?? [];
  if (address === undefined || eoj === undefined || epc === undefined) {
    throw new HomeError("not-found", `there is nothing at ${pathname}`);
  }
  if (request.method === "PUT") {
    home.set(address, eoj, epc, edtOf(await request.json().catch(() => undefined)));
    return new Response(null, { status: 204, headers: safety });
  }
  if (request.method !== "POST") throw new HomeError("method-not-allowed", `${request.method} is not for buttons`);
  home.set(address, eoj, epc, edtOf(Object.fromEntries(new URLSearchParams(await request.text()))));
  return new Response(null, { status: 303, headers: { ...safety, location: `/#${anchorOf(address)}` } });
}

function edtOf(body: unknown): string {
  if (isJsonObject(body) && typeof body["edt"] === "string") return body["edt"];
  throw new HomeError("value-invalid", 'the body is not {"edt": "<hexadecimal>"}');
}

function checkHost(request: Request): void {
  const host = request.headers.get("host") ?? "";
  const isHere = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
  if (!isHere) throw new HomeError("host-not-allowed", `"${host}" is not the panel's host`);
}

/** Programs send no Origin; a browser always does with what is not a GET. */
function checkOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const isOurs = origin === null || origin === `http://${request.headers.get("host")}`;
  const site = request.headers.get("sec-fetch-site") ?? "none";
  if (!isOurs || !["none", "same-origin"].includes(site)) {
    throw new HomeError("origin-not-allowed", `"${origin ?? site}" may not touch the devices`);
  }
}
