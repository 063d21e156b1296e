/** Where a source is: a file, a TCP port that sends by itself, or a web address (RFC 3986, RFC 9110). Pure. */

import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { HomeError } from "../contract/errors.ts";

export interface FileOrigin {
  readonly type: "file";
  readonly path: string;
}

export interface TcpOrigin {
  readonly type: "tcp";
  readonly host: string;
  readonly port: number;
}

export interface HttpOrigin {
  readonly type: "http";
  /** Without name and password. */
  readonly url: URL;
  /** For the server of that address, and for no other (RFC 7617). */
  readonly authorization?: string;
}

export type AvOrigin = FileOrigin | TcpOrigin | HttpOrigin;

/** @throws HomeError `settings-invalid`, in which the address does not stand: it may have a password in it */
export function parseAvOrigin(from: string): AvOrigin {
  if (isAbsolute(from)) return fileAt(from);
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url?.protocol === "file:") return fileOf(url);
  if (url?.protocol === "tcp:") return tcpOf(url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return httpOf(url);
  throw invalid("neither the full path of a file nor a file:, tcp:, http: or https: address");
}

/** For logs: without what a password, or a key behind the question mark, would stand in. */
export function addressOf(origin: AvOrigin): string {
  if (origin.type === "file") return origin.path;
  return origin.type === "tcp"
    ? `tcp://${origin.host.includes(":") ? `[${origin.host}]` : origin.host}:${origin.port}`
    : origin.url.origin + origin.url.pathname;
}

function fileAt(path: string): FileOrigin {
  if (path.includes("\0")) throw invalid("a path with a character that no path has");
  return { type: "file", path };
}

function fileOf(url: URL): FileOrigin {
  try {
    return fileAt(fileURLToPath(url));
  } catch {
    throw invalid("a file: address that names no file of this machine");
  }
}

function tcpOf({ hostname, port, username, password, pathname, search, hash }: URL): TcpOrigin {
  const isBare = username === "" && password === "" && pathname.length < 2 && search === "" && hash === "";
  if (!isBare || hostname === "" || port === "" || port === "0") throw invalid("not of the form tcp://host:port");
  return { type: "tcp", host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function httpOf(given: URL): HttpOrigin {
  const url = new URL(given);
  url.username = "";
  url.password = "";
  url.hash = "";
  if (given.username === "" && given.password === "") return { type: "http", url };
  const name = decoded(given.username);
  if (name.includes(":")) throw invalid("an address whose user name has a colon in it");
  const authorization = `Basic ${Buffer.from(`${name}:${decoded(given.password)}`).toString("base64")}`;
  return { type: "http", url, authorization };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid("an address whose user name or password is not encoded as it should be");
  }
}

const invalid = (reason: string): HomeError =>
  new HomeError("settings-invalid", `media.sources: a source's "from" is ${reason}`, { key: "media.sources", reason });
