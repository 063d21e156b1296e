/** The operator's door: health, figures, and the page behind the operator's password. It stands at a listener of its own, never at a home's origin. */

import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { errorAnswer, guard, pageAnswer } from "./answers.ts";
import { createDescriptorForm, type Publish } from "./descriptor-form.ts";
import { type OperatorFacts, operatorLoginPage } from "./operator-pages.ts";
import { checkOrigin } from "./origin-check.ts";
import type { Visit } from "./visit.ts";

export interface OperatorDoorOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Names beside addresses and localhost that the listener is asked by. */
  readonly host: string;
  readonly isLoopback: boolean;
  health(): Promise<{ readonly status: OperatorFacts["status"]; readonly store: boolean; readonly listeners: object }>;
  figures(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** `part`: which homes to list. */
  facts(part: string): Promise<OperatorFacts>;
  /** Undefined: no password is set. @throws HomeError `too-many-attempts` */
  judge(password: string, source: string): Promise<boolean | undefined>;
  /** Stands in the page's forms and tells them from another page's. */
  formToken(): string;
  readonly publish: Publish;
}

/** The answer to a visit; never rejects. */
export function createOperatorDoor(options: OperatorDoorOptions): (visit: Visit) => Promise<Response> {
  const { clock, log, host, isLoopback, health, figures, facts, judge, formToken, publish } = options;

  /** Whoever opens the page with another name in the address bar was led here (DNS rebinding). */
  function checkName(authority: string): void {
    const name = authority.replace(/:\d{1,5}$/, "");
    const isAddress = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/.test(name);
    if (!isAddress && name !== "localhost" && name !== host) {
      throw new HomeError("host-not-allowed", "the operator's listener is asked by its address", {});
    }
  }

  /** Undefined: let in. */
  async function refuseStranger(visit: Visit): Promise<Response | undefined> {
    const password = basicPassword(visit.headers);
    const verdict = await judge(password ?? "", visit.source);
    if (verdict === true && password !== undefined) return undefined;
    const answer = pageAnswer(operatorLoginPage(verdict !== undefined, visit.speech), visit, 401);
    answer.headers.set("www-authenticate", 'Basic realm="genkan operator", charset="UTF-8"');
    return answer;
  }

  const descriptors = createDescriptorForm({
    clock,
    facts: ({ query }) => facts((query.get("number") ?? "").trim().slice(0, 40)),
    place: () => ({ root: "/", publish: "/descriptors" }),
    token: formToken,
  });

  async function route(visit: Visit): Promise<Response> {
    const { method, path, authority, headers } = visit;
    checkName(authority);
    checkOrigin(method, headers, `${isLoopback ? "http" : "https"}://${authority}`);
    const isReading = method === "GET" || method === "HEAD";
    if (path === "/descriptors" && method === "POST")
      return (await refuseStranger(visit)) ?? descriptors.take(visit, publish);
    if (!isReading)
      throw new HomeError("method-not-allowed", `${method} is not for this path`, { allow: ["GET", "HEAD"] });
    const unstored = { "cache-control": "no-store" };
    if (path === "/health") {
      const known = await health();
      return Response.json(known, { status: known.status === "ready" ? 200 : 503, headers: unstored });
    }
    if (path === "/metrics") {
      // Whoever is on this machine may look; from elsewhere the password is asked for.
      const refusal = isLoopback ? undefined : await refuseStranger(visit);
      if (refusal !== undefined) return refusal;
      const { contentType, text } = await figures();
      return new Response(text, { headers: { ...unstored, "content-type": contentType } });
    }
    if (path !== "/") throw new HomeError("not-found", "there is nothing here", { path: path.slice(0, 128) });
    return (await refuseStranger(visit)) ?? descriptors.show(visit);
  }

  return async (visit) => {
    try {
      return guard(await route(visit), 0);
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code === "internal") log.write("error", "operator-request-failed", { cause: String(error.cause) });
      return guard(errorAnswer(error, visit), 0);
    }
  };
}

/** The password of `Authorization: Basic` (RFC 7617), whatever name stands before it. */
function basicPassword(headers: Headers): string | undefined {
  const [, encoded] = /^basic ([a-z0-9+/=]{1,2000})$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const at = text.indexOf(":");
  return at < 0 ? undefined : text.slice(at + 1);
}
