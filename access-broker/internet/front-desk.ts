/** Sends each visit to the door of the name that it asks for, and answers for what goes wrong there. */

import { type AccessNumber, isAccessNumber, linkLabel } from "../../gateway-core/contract/access-number.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { errorAnswer, guard } from "./answers.ts";
import { checkOrigin } from "./origin-check.ts";
import type { Visit } from "./visit.ts";

export interface FrontDeskOptions {
  readonly host: string;
  readonly log: Log;
  /** For how long a browser keeps to HTTPS (RFC 6797); 0: nothing is said. */
  readonly hstsSeconds: number;
  readonly home: (visit: Visit, number: AccessNumber) => Promise<Response>;
  readonly bareHost: (visit: Visit) => Promise<Response>;
  /** The name towards gateways. */
  readonly link: (visit: Visit) => Promise<Response>;
}

/** The answer to a visit; never rejects. */
export function createFrontDesk({ host, log, hstsSeconds, home, bareHost, link }: FrontDeskOptions) {
  const route = async (visit: Visit): Promise<Response> => {
    const name = nameOf(visit);
    checkOrigin(visit.method, visit.headers, `https://${visit.authority}`);
    if (name === host) return bareHost(visit);
    const label = name.endsWith(`.${host}`) ? name.slice(0, -host.length - 1) : "";
    if (label === linkLabel) return link(visit);
    if (!isAccessNumber(label)) throw new HomeError("host-not-allowed", `"${name}" is not served here`);
    return home(visit, label);
  };

  return async (visit: Visit): Promise<Response> => {
    try {
      return guard(await route(visit), hstsSeconds);
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code === "internal")
        log.write("error", "request-failed", { path: visit.path.slice(0, 128), cause: causeOf(error) });
      return guard(errorAnswer(error, visit), hstsSeconds);
    }
  };
}

/** The name asked for: the same in the handshake and in the request, else a certificate would answer for another's home. */
function nameOf({ authority, serverName }: Visit): string {
  const [, name = ""] = /^([a-z0-9.-]+)(?::\d{1,5})?$/.exec(authority) ?? [];
  if (name === "" || name !== serverName.toLowerCase()) {
    throw new HomeError("host-not-allowed", "the request's host is not the one of its TLS connection");
  }
  return name;
}

const causeOf = ({ cause, message }: HomeError): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : message;
