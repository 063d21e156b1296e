/**
 * The first firewall for HTTP: which requests of a person with a session may go on to the home, by the table in
 * docs/interfaces.md and by what the person was granted there. It looks at the request as it was sent, before anybody has
 * tidied it up. Pure.
 */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { type Asked, grantRefusal } from "./grant-rules.ts";

export interface HttpRequestLine {
  readonly method: string;
  /** The request target as it was sent: path and query. */
  readonly target: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  /** `view`: the session may look and change nothing. */
  readonly rights: "all" | "view";
  readonly grant: Grant;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Verdict = { readonly allow: true } | { readonly allow: false; readonly reason: HomeError };

interface Rule {
  readonly path: RegExp;
  readonly methods: readonly string[];
  readonly kind: Asked["kind"];
}

const read = ["GET", "HEAD"];
const id = "(?<device>[a-z0-9-]{1,128})";
const word = "[A-Za-z0-9_.~-]{1,128}";
const name = `(?<name>${word})`;

const rules: readonly Rule[] = [
  { path: /^\/$/, methods: read, kind: "whole" },
  { path: /^\/api\/(?:home|events|attention)$/, methods: read, kind: "whole" },
  { path: new RegExp(`^/api/devices/${id}/properties$`), methods: [...read, "PUT"], kind: "properties" },
  /** POST: the form of a page without script. */
  { path: new RegExp(`^/api/devices/${id}/properties/${name}$`), methods: [...read, "PUT", "POST"], kind: "property" },
  { path: /^\/api\/trends$/, methods: read, kind: "whole" },
  { path: new RegExp(`^/api/devices/${id}/history/${name}$`), methods: read, kind: "property" },
  { path: new RegExp(`^/api/devices/${id}/actions/${name}$`), methods: ["POST"], kind: "action" },
  { path: new RegExp(`^/api/devices/${id}/appearance$`), methods: [...read, "PUT", "POST"], kind: "appearance" },
  { path: new RegExp(`^/api/devices/${id}/stream$`), methods: ["POST"], kind: "stream" },
  /** Whose session it is, and which device's, the desk for streams judges. */
  { path: new RegExp(`^/api/streams/${word}$`), methods: ["GET", "DELETE"], kind: "any-stream" },
  { path: new RegExp(`^/api/streams/${word}/(?:video|index\\.m3u8)$`), methods: ["GET"], kind: "any-stream" },
  {
    path: new RegExp(`^/api/streams/${word}/${word}/(?:index\\.m3u8|init\\.mp4|\\d{1,9}\\.m4s)$`),
    methods: ["GET"],
    kind: "any-stream",
  },
  { path: new RegExp(`^/api/devices/${id}/(?:snapshot|motion)\\.jpg$`), methods: read, kind: "stream" },
  { path: new RegExp(`^/api/devices/${id}/recordings$`), methods: [...read, "POST"], kind: "recordings" },
  /** Of which device a recording is, the home judges. */
  { path: /^\/api\/recordings$/, methods: read, kind: "any-recording" },
  { path: new RegExp(`^/api/recordings/${word}$`), methods: [...read, "DELETE"], kind: "any-recording" },
  { path: new RegExp(`^/api/recordings/${word}/file$`), methods: read, kind: "any-recording" },
  { path: new RegExp(`^/api/recordings/${word}/(?:stop|clip|delete)$`), methods: ["POST"], kind: "any-recording" },
  { path: /^\/things$/, methods: read, kind: "whole" },
  { path: new RegExp(`^/things/${id}$`), methods: read, kind: "device" },
  { path: new RegExp(`^/c(?:/${word}){0,6}/?$`), methods: [...read, "POST"], kind: "whole" },
  { path: new RegExp(`^/devices/${id}$`), methods: read, kind: "device" },
  /** Pages that a device serves itself, behind the gateway. */
  { path: new RegExp(`^/devices/${id}/pages(?:/${word}){0,6}/?$`), methods: [...read, "POST"], kind: "pages" },
  /** The page's own files. */
  { path: new RegExp(`^/(?:assets|icons)(?:/${word}){1,4}$`), methods: read, kind: "whole" },
  { path: /^\/[a-z0-9-]{1,64}\.(?:js|css|svg|png|ico|webmanifest|txt)$/, methods: read, kind: "whole" },
];

/** Where a WebSocket may be opened: on the pages that a device serves itself. */
const socketPath = new RegExp(`^/devices/${id}/pages(?:/${word}){1,6}$`);

const longestTarget = 2048;
/** A command, a form: anything larger is none. */
export const longestBody: number = 64 * 1024;
const bodies = ["application/json", "application/x-www-form-urlencoded"];

export function judgeHttp({ method, target, contentType, body, rights, grant, now }: HttpRequestLine): Verdict {
  const [path = "", query = ""] = split(target);
  if (target.length > longestTarget || !isPlain(path) || !/^[\x21-\x7e]*$/.test(query)) return deny("not-found", path);
  const rule = rules.find((one) => one.path.test(path));
  if (rule === undefined) return deny("not-found", path);
  if (!rule.methods.includes(method)) {
    return refuse(new HomeError("method-not-allowed", `${method} is not for this path`, { allow: rule.methods }));
  }
  const isReading = read.includes(method);
  if (rights === "view" && !isReading) {
    return refuse(new HomeError("view-only", "this session may look and change nothing", { method }));
  }
  const { length } = body;
  if (length > longestBody) {
    return refuse(
      new HomeError("body-too-large", `${length} octets; at most ${longestBody}`, { maximum: longestBody }),
    );
  }
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (length > 0 && (isReading || !bodies.includes(type))) {
    return refuse(new HomeError("unsupported-media-type", "a body is JSON or a form", { expected: bodies }));
  }
  const { device = "", name: told = "" } = rule.path.exec(path)?.groups ?? {};
  const refusal = grantRefusal(grant, { kind: rule.kind, isReading, device, name: told, body }, now);
  return refusal === undefined ? { allow: true } : refuse(refusal);
}

/** Whether a path is one that a home's WebSocket may stand at. */
export const isSocketPath = (path: string): boolean => isPlain(path) && socketPath.test(path);

/** A WebSocket is not judged message by message: it takes the right to do everything with its device. */
export function judgeSocket(line: Pick<HttpRequestLine, "target" | "rights" | "grant" | "now">): Verdict {
  const { target, rights, grant, now } = line;
  const [path = "", query = ""] = split(target);
  const device = isPlain(path) ? socketPath.exec(path)?.groups?.["device"] : undefined;
  if (target.length > longestTarget || device === undefined || !/^[\x21-\x7e]*$/.test(query)) {
    return deny("not-found", path);
  }
  if (rights === "view") {
    return refuse(new HomeError("view-only", "this session may look and change nothing", { method: "WebSocket" }));
  }
  const asked = { kind: "pages", isReading: false, device, name: "", body: new Uint8Array(0) } as const;
  const refusal = grantRefusal(grant, asked, now);
  return refusal === undefined ? { allow: true } : refuse(refusal);
}

/** One name for one thing: no `..`, no `//`, nothing encoded that may stand as it is, no control characters. */
function isPlain(path: string): boolean {
  return /^(?:\/[A-Za-z0-9_.~-]*)+$/.test(path) && !path.includes("//") && !/\/\.{1,2}(?:\/|$)/.test(path);
}

function split(target: string): [string, string] {
  const at = target.indexOf("?");
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
}

const deny = (code: "not-found", path: string): Verdict =>
  refuse(new HomeError(code, "there is nothing here", { path: path.slice(0, 128) }));
const refuse = (reason: HomeError): Verdict => ({ allow: false, reason });
