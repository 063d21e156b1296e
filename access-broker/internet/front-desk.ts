/** Sends each visit to the door of the name that it asks for, and answers for what goes wrong there. */

import { type AccessNumber, linkLabel } from "../../gateway-core/contract/access-number.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import { type HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { errorAnswer, guard } from "./answers.ts";
import { checkOrigin } from "./origin-check.ts";
import { ownNameOf } from "./own-name.ts";
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
    const { label, number } = ownNameOf(visit, host);
    checkOrigin(visit.method, visit.headers, `https://${visit.authority}`);
    if (number !== undefined) return home(visit, number);
    return label === linkLabel ? link(visit) : bareHost(visit);
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

const causeOf = ({ cause, message }: HomeError): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : message;
