/** An outbound proxy on loopback with real TLS, a server that it may lead to, and what its client sends octet by octet. Names lead where the test says. */

import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { openAuthority } from "../../../access-broker/authority/authority.ts";
import { createServerCertificates } from "../../../access-broker/authority/server-certificates.ts";
import { createProgramLogin } from "../../../access-broker/outbound-proxy/program-login.ts";
import {
  createProxyDesk,
  type ProxyDesk,
  type ProxyDeskOptions,
} from "../../../access-broker/outbound-proxy/proxy-desk.ts";
import { createProxyRules, type ProxyRules } from "../../../access-broker/outbound-proxy/proxy-rules.ts";
import { type OutboundProxy, openOutboundProxy } from "../../../access-broker/outbound-proxy/proxy-server.ts";
import type { Clock } from "../../../gateway-core/contract/clock.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { systemClock } from "../../../host/system-host.ts";
import { FakeLog } from "../../fakes/fake-host.ts";

export const credential = `Basic ${Buffer.from("090-1234-5678/pc:right").toString("base64")}`;

export interface ProxyRig extends AsyncDisposable {
  readonly proxy: OutboundProxy;
  readonly desk: ProxyDesk;
  readonly audited: { readonly event: string; readonly facts: object }[];
  /** What a name leads to; asked about at each look-up. */
  names: Record<string, readonly string[]>;
  readonly looked: string[];
  isAllowed: boolean;
  /** What the home wants of it. */
  policy: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** What the app password opens. */
  rights: "all" | "view" | "none";
  readonly ca: string;
  /** A connection to the proxy that has said this. */
  say(text: string): Promise<Said>;
}

export interface Said {
  readonly socket: Socket;
  /** All that has come so far. */
  text(): string;
  readonly closed: Promise<string>;
}

export async function openProxyRig(
  allow: readonly string[],
  more: Partial<ProxyDeskOptions["limits"]> = {},
  clock: Clock = systemClock,
  rules?: ProxyRules,
): Promise<ProxyRig> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-proxy-"));
  const host = "genkan.localhost";
  const maker = (await openAuthority(folder, host, systemClock.now())).servers;
  const { contextFor } = await createServerCertificates({ maker, host, clock: systemClock });
  const audited: ProxyRig["audited"] = [];
  const looked: string[] = [];
  const log = new FakeLog();
  const limits = { idleMs: 60_000, longestMs: 600_000, openAtOnce: 4, octetsPerDay: 1_000_000_000, ...more };
  const audit: ProxyDeskOptions["audit"] = (event, _number, _user, _source, facts) =>
    void audited.push({ event, facts });
  const desk = createProxyDesk({
    ...{ clock, log, limits, audit },
    rules: rules ?? createProxyRules({ allow, deny: [], ownHost: host, ownAddresses: () => [] }),
    reachMs: 5_000,
    async lookup(name) {
      looked.push(name);
      return rig.names[name] ?? [];
    },
    policyOf: async () => (rig.isAllowed ? rig.policy : undefined),
  });
  const programs = {
    async judge({ number, user, password }: { number: string; user: string; password: string }) {
      const isRight = number === "090-1234-5678" && user === "pc" && password === "right";
      if (!isRight) throw new HomeError("login-refused", "wrong", {}, "wrong-password");
      return { credential: "c", rights: rig.rights };
    },
    rightsNow: async () => rig.rights,
  };
  const identify = createProgramLogin({ clock, programs, audit });
  const { longestMs } = limits;
  const proxy = await openOutboundProxy("127.0.0.1", 0, { desk, identify, log, contextFor, longestMs });
  const rig: ProxyRig = {
    ...{ proxy, desk },
    audited,
    looked,
    names: {},
    isAllowed: true,
    policy: { allow: [], deny: [] },
    rights: "all",
    ca: maker.caPem,
    say(text) {
      return new Promise((resolve, reject) => {
        let heard = "";
        const socket = connect({ host: "127.0.0.1", port: proxy.port, servername: host, ca: maker.caPem });
        socket.setEncoding("latin1").on("data", (part: string) => {
          heard += part;
        });
        const closed = new Promise<string>((gone) => socket.once("close", () => gone(heard)));
        socket.on("error", reject);
        socket.once("secureConnect", () => {
          socket.write(text, "latin1");
          resolve({ socket, closed, text: () => heard });
        });
      });
    },
    async [Symbol.asyncDispose]() {
      desk[Symbol.dispose]();
      await proxy[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

export interface Place extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Socket[];
}

/** A TCP server on loopback. */
export async function openPlace(onSocket: (socket: Socket) => void): Promise<Place> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const place = await openPlace(() => undefined);
  await place[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => connectTcp(place.port, "127.0.0.1").once("error", () => resolve()));
  return place.port;
}
