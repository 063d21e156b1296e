/**
 * Run by benches: the access broker's port for gateways with mutual TLS, and its pid as a line of JSON. Arguments: a folder,
 * and for how many homes certificates are laid down there.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAuthority } from "../access-broker/authority/authority.ts";
import { purposes } from "../access-broker/authority/certificate-maker.ts";
import { createServerCertificates } from "../access-broker/authority/server-certificates.ts";
import { createGatewayDirectory } from "../access-broker/gateways/gateway-directory.ts";
import { openGatewayPort } from "../access-broker/gateways/gateway-port.ts";
import { homeUrn } from "../gateway-core/contract/access-number.ts";
import { systemClock as clock, stderrLog } from "../host/system-host.ts";

const [, , folder = "", count] = process.argv;
const host = "genkan.localhost";
const log = stderrLog();
const { gateways, servers } = await openAuthority(join(folder, "authority"), host, clock.now());
const certificates = await createServerCertificates({ maker: servers, host, clock });

const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
writeFileSync(join(folder, "key.pem"), `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`);
writeFileSync(join(folder, "ca.pem"), servers.caPem);
const numberOf = new Map<string, string>();
for (let home = 0; home < Number(count); home++) {
  const number = `090-1000-${String(home).padStart(4, "0")}`;
  const name = { type: "url", value: homeUrn(number) } as const;
  const wish = { publicKey: keys.publicKey, name, purpose: purposes.client, days: 1 };
  const { certificatePem, serial } = await gateways.make(wish, clock.now());
  numberOf.set(serial, number);
  writeFileSync(join(folder, `${home}.pem`), certificatePem);
}

const nobody = (): Promise<never> => Promise.reject(new Error("nothing of that is asked here"));
const port = await openGatewayPort("127.0.0.1", 0, {
  ...{ clock, log },
  directory: createGatewayDirectory(clock),
  gatewayCa: gateways.caPem,
  ownCertificate: () => certificates.pairFor(`link.${host}`),
  known: async (serials) =>
    new Map(serials.flatMap((serial) => (numberOf.has(serial) ? [[serial, numberOf.get(serial) ?? ""]] : []))),
  renew: nobody,
  descriptors: { sequence: 0, answer: nobody },
  onPage: () => undefined,
  admitProxy: (_number, socket) => ({ close: () => void socket.destroy() }),
  remote: { joined: () => undefined, left: () => undefined, hear: () => undefined },
  audit: () => undefined,
});
process.on("message", () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
process.stdout.write(`${JSON.stringify({ visitors: 0, gateways: port.port, pid: process.pid })}\n`);
