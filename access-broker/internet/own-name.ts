/** Which name of ours a visit asks for: the provider's, the one towards gateways, or a home's. Pure. */

import { type AccessNumber, isAccessNumber, linkLabel } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Visit } from "./visit.ts";

/** `number`: the home whose origin it is; `label` of the name towards gateways is `linkLabel`, of the bare host empty. */
export interface OwnName {
  readonly label: string;
  readonly number: AccessNumber | undefined;
}

/**
 * The name asked for: the same in the handshake and in the request, else a certificate would answer for another's home.
 * @throws HomeError `host-not-allowed`
 */
export function ownNameOf({ authority, serverName }: Pick<Visit, "authority" | "serverName">, host: string): OwnName {
  const [, name = ""] = /^([a-z0-9.-]+)(?::\d{1,5})?$/.exec(authority) ?? [];
  if (name === "" || name !== serverName.toLowerCase()) {
    throw new HomeError("host-not-allowed", "the request's host is not the one of its TLS connection");
  }
  if (name === host) return { label: "", number: undefined };
  const label = name.endsWith(`.${host}`) ? name.slice(0, -host.length - 1) : "";
  if (label === linkLabel) return { label, number: undefined };
  if (!isAccessNumber(label)) throw new HomeError("host-not-allowed", `"${name}" is not served here`);
  return { label, number: label };
}
