/** Where a request to the proxy should lead: authority-form and absolute-form (RFC 9112 §3.2), with one spelling for one place. Pure. */

import { isIP } from "node:net";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** `tunnel`: CONNECT; `request`: absolute-form. */
export type Way = "tunnel" | "request";

export interface Target {
  /** A name in lower case, or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query as they were sent; empty for a tunnel. */
  readonly path: string;
}

const longest = 8 * 1024;
const defaultPorts = { tunnel: 443, request: 80 } as const;

/**
 * @param told the `Host` field, where there is one: it must not name another place.
 * @throws HomeError `proxy-request-invalid`
 */
export function readTarget(way: Way, text: string, told: string | undefined): Target {
  if (text.length > longest || !/^[\x21-\x7e]+$/.test(text)) throw invalid("the target is too long, or not of ASCII");
  const target = way === "tunnel" ? { ...placeIn(text, undefined), path: "" } : absolute(text);
  if (told !== undefined) {
    const place = placeIn(told, defaultPorts[way]);
    const isSame = place.host === target.host && (place.port === target.port || (way === "tunnel" && !hasPort(told)));
    if (!isSame) throw invalid("Host names another place than the target");
  }
  return target;
}

/** Host and port as a URL and the `Host` field spell them. */
export function authorityOf({ host, port }: Pick<Target, "host" | "port">): string {
  const spelled = isIP(host) === 6 ? `[${host}]` : host;
  return port === defaultPorts.request ? spelled : `${spelled}:${port}`;
}

function absolute(text: string): Target {
  const [whole, authority = "", path = ""] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(text) ?? [];
  if (whole === undefined) throw invalid("the target is no http:// address");
  return { ...placeIn(authority, defaultPorts.request), path: path.startsWith("/") ? path : `/${path}` };
}

/**
 * A name that WHATWG's URL would write otherwise (`0x7f.1`, `127.1`, `2130706433`, full-width digits) is refused: two
 * programs could read it as two places.
 */
function placeIn(authority: string, fallback: number | undefined): Pick<Target, "host" | "port"> {
  const [whole, six, name = "", digits] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(authority) ?? [];
  const port = digits === undefined ? fallback : Number(digits);
  if (whole === undefined || port === undefined || port < 1 || port > 65_535) throw invalid("this is no host and port");
  const spelled = six === undefined ? name.toLowerCase() : `[${six}]`;
  if (!URL.canParse(`http://${spelled}/`)) throw invalid("this is no host");
  const { hostname } = new URL(`http://${spelled}/`);
  if (six !== undefined) return { host: hostname.slice(1, -1), port };
  const isName =
    spelled.length <= 254 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.(?!$)|\.?$))+$/.test(spelled);
  if (hostname !== spelled || !isName) throw invalid("the host is written in an unusual way");
  return { host: spelled.replace(/\.$/, ""), port };
}

const hasPort = (authority: string): boolean => /:\d+$/.test(authority.replace(/^\[[^\]]*\]/, ""));

const invalid = (reason: string): HomeError =>
  new HomeError("proxy-request-invalid", `the proxy does not take this request: ${reason}`, { reason });
