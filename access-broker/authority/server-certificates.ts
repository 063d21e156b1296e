/** The server's side of TLS: a leaf for each name below the host, made on demand by an authority of its own, or the provider's certificate by file. */

import { createSecureContext, type SecureContext } from "node:tls";
import { linkLabel } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { CertificateFiles } from "./certificate-files.ts";
import { type CertificateMaker, purposes } from "./certificate-maker.ts";

const leafDays = 90;
const renewBeforeMs = 30 * 24 * 60 * 60_000;
const mostCached = 5_000;

export interface KeyPair {
  /** The leaf and all above it. */
  readonly cert: string;
  readonly key: string;
}

export interface ServerCertificates {
  /** For `tls` servers: the context that answers for this name. @throws HomeError `host-not-allowed` for a foreign one. */
  contextFor(serverName: string): Promise<SecureContext>;
  /** Key and certificate of this name by the own authority. */
  pairFor(serverName: string): Promise<KeyPair>;
}

export interface ServerCertificatesOptions {
  readonly maker: CertificateMaker;
  readonly host: string;
  readonly clock: Clock;
  /** Certificates that browsers know: they answer for all names but the one towards gateways, which pin our own. */
  readonly files?: Pick<CertificateFiles, "contextFor">;
}

interface Leaf {
  readonly pair: KeyPair;
  readonly context: SecureContext;
  readonly expiresAt: number;
}

export async function createServerCertificates(options: ServerCertificatesOptions): Promise<ServerCertificates> {
  const { maker, host, clock, files } = options;
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, "$1\n")}\n-----END PRIVATE KEY-----\n`;
  const cache = new Map<string, Promise<Leaf>>();

  async function make(name: string): Promise<Leaf> {
    const wish = { publicKey: keys.publicKey, name: { type: "dns", value: name }, purpose: purposes.server } as const;
    const { certificatePem, expiresAt } = await maker.make({ ...wish, days: leafDays }, clock.now());
    const pair = { cert: certificatePem + maker.caPem, key };
    return { pair, context: createSecureContext({ ...pair, minVersion: "TLSv1.2" }), expiresAt };
  }

  async function leaf(name: string): Promise<Leaf> {
    if (!isOurs(name, host)) throw new HomeError("host-not-allowed", `"${name}" is not served here`, { name });
    const cached = await cache.get(name);
    if (cached !== undefined && cached.expiresAt - clock.now() > renewBeforeMs) return cached;
    const made = make(name);
    cache.delete(name);
    cache.set(name, made);
    if (cache.size > mostCached) cache.delete(cache.keys().next().value ?? "");
    return made;
  }

  return {
    async contextFor(serverName) {
      const name = serverName.toLowerCase();
      const isForPeople = isOurs(name, host) && name !== `${linkLabel}.${host}`;
      return (isForPeople ? files?.contextFor(name) : undefined) ?? (await leaf(name)).context;
    },
    pairFor: async (serverName) => (await leaf(serverName)).pair,
  };
}

/** The host itself and every label right below it. */
function isOurs(name: string, host: string): boolean {
  if (name === host) return true;
  const label = name.endsWith(`.${host}`) ? name.slice(0, -host.length - 1) : "";
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label);
}
