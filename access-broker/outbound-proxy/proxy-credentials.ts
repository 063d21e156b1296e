/** Reads `Proxy-Authorization: Basic` (RFC 7617) of a program in a home: `<access number>/<user>` and its password. Pure. */

import { type AccessNumber, isAccessNumber } from "../../gateway-core/contract/access-number.ts";

export interface ProxyCredentials {
  readonly number: AccessNumber;
  readonly user: string;
  readonly password: string;
}

const longest = 4096;

/** Undefined for anything but a whole one. */
export function readCredentials(field: string | undefined): ProxyCredentials | undefined {
  if (field === undefined || field.length > longest) return undefined;
  const [, token] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(field) ?? [];
  if (token === undefined) return undefined;
  const text = Buffer.from(token, "base64").toString("utf8");
  const [, number, user = "", password = ""] = /^([^/:]+)\/([^:]+):(.+)$/s.exec(text) ?? [];
  return isAccessNumber(number) ? { number, user, password } : undefined;
}
