/**
 * Who calls, as the access network says it that brought the call here (docs/access-broker.md, caller numbers). Believed at
 * that network's own listener alone, of a peer known by its address and, where one is set, by its certificate.
 */

import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Visit } from "./visit.ts";

export interface AccessNetwork {
  /** Whether one of its servers has this address. */
  readonly isPeer: (address: string) => boolean;
  /** SHA-256 fingerprints of its servers' certificates, `AB:CD:…`; without any the address is enough. */
  readonly certificates: readonly string[];
}

/** How a listener reads who asks. */
export interface CallerReading {
  /** In which a network asserts the number; taken out of every request, whoever wrote it. */
  readonly header: string;
  /** The network whose word it is; without one it is nobody's. */
  readonly network?: AccessNetwork | undefined;
}

/** A caller who withholds the number, or whose network told none. All of them are one: nothing is judged of any. */
const withheld = "tel:anonymous";
/** Visual separators (RFC 3966 §5.1.1). */
const separators = /[\s().-]/g;

/**
 * `tel:+81312345678`, or `tel:anonymous`: what stands in the place of the address that the connection comes from.
 * @throws HomeError `host-not-allowed` for whoever is none of the network's servers.
 */
export function callerOf(
  { isPeer, certificates }: AccessNetwork,
  asserted: string | null,
  { socket }: IncomingMessage | Http2ServerRequest,
): string {
  const certificate = "getPeerX509Certificate" in socket ? socket.getPeerX509Certificate() : undefined;
  const isKnown = certificates.length === 0 || certificates.includes(certificate?.fingerprint256 ?? "");
  if (!isKnown || !isPeer(socket.remoteAddress ?? "")) {
    throw new HomeError("host-not-allowed", "this listener is for the access network's own servers");
  }
  const number = asserted?.replaceAll(separators, "") ?? "";
  return /^\+?\d{3,15}$/.test(number) ? `tel:${number}` : withheld;
}

type Door<Rest extends readonly unknown[]> = (visit: Visit, ...rest: Rest) => Promise<Response>;

/**
 * A door that answers nobody who withholds their number where an access network vouches for who calls: whoever guesses
 * there would slow down everybody else who does. The door to the internet is open to them.
 * @throws HomeError `caller-withheld`
 */
export const onlyKnownCallers =
  <Rest extends readonly unknown[]>(door: Door<Rest>, onRefused: (visit: Visit) => void): Door<Rest> =>
  async (visit, ...rest) => {
    if (visit.source !== withheld) return door(visit, ...rest);
    onRefused(visit);
    throw new HomeError("caller-withheld", "this way in is for callers whose number is told");
  };
