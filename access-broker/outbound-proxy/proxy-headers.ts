/** Which fields pass the proxy, and which requests could be read in two ways (RFC 9110 §7.6, RFC 9112 §6.3 and §11.2). Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";

/** Names and values in turn, as Node tells and takes them. */
export type RawHeaders = readonly string[];

/** What `Connection` names is added to them. */
const hopByHop: readonly string[] = [
  ...["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings", "expect", "host"],
];
/** What would tell of the home or of the way, and the credential for the proxy alone. */
const telling = /^(?:proxy-.*|x-forwarded.*|forwarded|via|x-real-ip|(?:x-|true-|x-cluster-)?client-ip|genkan-.*)$/;
const single = ["host", "content-length", "transfer-encoding", "proxy-authorization"];

/** @throws HomeError `proxy-request-invalid` for a head that two programs could read in two ways. */
export function assertClearHead(raw: RawHeaders): void {
  const fields = pairsOf(raw);
  const valuesOf = (name: string): string[] => fields.filter(([one]) => one.toLowerCase() === name).map(([, v]) => v);
  const twice = single.find((name) => valuesOf(name).length > 1);
  if (twice !== undefined) throw invalid(`${twice} stands there twice`);
  const [length, coding] = [valuesOf("content-length")[0], valuesOf("transfer-encoding")[0]];
  if (length !== undefined && coding !== undefined) throw invalid("it has two lengths");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw invalid("its length is no number");
  if (coding !== undefined && coding.toLowerCase() !== "chunked") throw invalid("its transfer coding is not chunked");
  if (fields.some(([name, value]) => !isField(name, value))) throw invalid("a field has characters that none has");
}

/** The fields that go on to `authority`; the length of a body stays as it was told. */
export function headersOnward(raw: RawHeaders, authority: string): string[] {
  const isChunked = pairsOf(raw).some(([name]) => name.toLowerCase() === "transfer-encoding");
  return ["Host", authority, ...kept(raw), ...(isChunked ? ["Transfer-Encoding", "chunked"] : [])];
}

/** The fields of an answer that come back. @throws HomeError `proxy-target-away` for an answer that cannot be told. */
export function headersBack(raw: RawHeaders): string[] {
  if (pairsOf(raw).some(([name, value]) => !isField(name, value))) {
    throw new HomeError("proxy-target-away", "the answer of the server cannot be read");
  }
  return kept(raw);
}

/** The first value of a field; `name` in lower case. */
export function fieldOf(raw: RawHeaders, name: string): string | undefined {
  return pairsOf(raw).find(([one]) => one.toLowerCase() === name)?.[1];
}

function kept(raw: RawHeaders): string[] {
  const fields = pairsOf(raw);
  const named = fields
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(/[\s,]+/));
  return fields
    .filter(([told]) => {
      const name = told.toLowerCase();
      const isFraming = name === "content-length";
      return isFraming || !(hopByHop.includes(name) || named.includes(name) || telling.test(name));
    })
    .flat();
}

function pairsOf(raw: RawHeaders): (readonly [string, string])[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
}

/** RFC 9110 §5.1 and §5.5; octets above 0x7f are taken as they are. */
const isField = (name: string, value: string): boolean =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);

const invalid = (reason: string): HomeError =>
  new HomeError("proxy-request-invalid", `the proxy does not take this request: ${reason}`, { reason });
