/** The bare host, where a person is led to their home's own address, and the name towards gateways, where cards are used. */

import { isAccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { CertificateAnswer } from "../../gateway-core/contract/link.ts";
import { leadTo, pageAnswer } from "./answers.ts";
import { numberForm } from "./forms.ts";
import type { HomesDesk } from "./homes-desk.ts";
import { tidyNumber } from "./tidy-number.ts";
import { isForPerson, readBody, type Visit } from "./visit.ts";

const longestEnrolment = 16 * 1024;

export interface ProviderDoorOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly gatewayPort: () => number;
  readonly homes: HomesDesk;
  /** The provider's own people; undefined where the settings leave them to the operator's listener. */
  readonly desk: { takes(path: string): boolean; answer(visit: Visit): Promise<Response> } | undefined;
  /** How browsers find the outbound proxy. */
  readonly pacFile: () => string;
  /** `{token, csr}` → certificates. @throws HomeError `card-invalid`, `card-used`, `card-expired`, `certificate-refused`, `too-many-attempts` */
  readonly enrol: (input: unknown, source: string) => Promise<CertificateAnswer>;
  /** `{csr, certificate}` → certificates. @throws HomeError `certificate-refused`, `too-many-attempts` */
  readonly renewLate: (input: unknown, source: string) => Promise<CertificateAnswer>;
}

/** What both names answer; undefined for everything else. */
export function createProviderDoor(options: ProviderDoorOptions) {
  const { clock, host, gatewayPort, homes, desk, pacFile, enrol, renewLate } = options;
  /** What gateways ask: where their port is, and a certificate for a card or a key that had one. */
  async function answerGateway(visit: Visit): Promise<Response> {
    const { method, path } = visit;
    if (path === "/.well-known/genkan") {
      if (method !== "GET" && method !== "HEAD") throw notAllowed(method, ["GET", "HEAD"]);
      return Response.json({ v: 1, gatewayPort: gatewayPort() }, { headers: { "cache-control": "no-store" } });
    }
    if (path !== "/enrol" && path !== "/renew")
      throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    if (method !== "POST") throw notAllowed(method, ["POST"]);
    const type = visit.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
    if (type !== "application/json") throw new HomeError("unsupported-media-type", "application/json is awaited here");
    const input = parseJson(Buffer.from(await readBody(visit, longestEnrolment, clock)).toString("utf8"));
    const sign = path === "/enrol" ? enrol : renewLate;
    return Response.json(await sign(input, visit.source), { headers: { "cache-control": "no-store" } });
  }

  /** A person's browser at the bare host. Whether a number exists is not told: each has its address. */
  async function answerBareHost(visit: Visit): Promise<Response> {
    const { method, path, query, speech, authority } = visit;
    if (path === "/proxy.pac") {
      if (method !== "GET" && method !== "HEAD") throw notAllowed(method, ["GET", "HEAD"]);
      const headers = { "content-type": "application/x-ns-proxy-autoconfig", "cache-control": "no-cache" };
      return new Response(pacFile(), { headers });
    }
    if (/^\/homes(?:\/(?:challenge|logout|keep|forget))?$/.test(path)) return homes.answer(visit);
    if (desk?.takes(path)) return desk.answer(visit);
    if (path !== "/") return answerGateway(visit);
    if (method !== "GET" && method !== "HEAD") throw notAllowed(method, ["GET", "HEAD"]);
    const port = authority.slice(host.length);
    const number = tidyNumber(query.get("number") ?? "");
    const wayOn = query.has("number") || !isForPerson(visit) ? undefined : await homes.wayOn(visit);
    if (wayOn !== undefined) return leadTo(wayOn);
    if (isAccessNumber(number)) return leadTo(`https://${number}.${host}${port}/`);
    const form = numberForm(speech, number === "" ? undefined : speech.say("numberWrong"));
    return pageAnswer(form, visit, number === "" ? 200 : 422, `https://*.${host}${port}`);
  }

  return { answerGateway, answerBareHost };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomeError("card-invalid", "the body is no JSON", {}, cause);
  }
}

const notAllowed = (method: string, allow: readonly string[]): HomeError =>
  new HomeError("method-not-allowed", `${method} is not for this path`, { allow });
