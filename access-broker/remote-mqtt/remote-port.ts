/** The only socket of remote MQTT: MQTTS with a certificate for each home's name; nothing reaches an engine before its CONNECT was judged. */

import { createServer, type SecureContext, type TLSSocket } from "node:tls";
import { coalesceWrites } from "../../gateway-core/bytes/coalesce-writes.ts";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Ids, Log } from "../../gateway-core/contract/clock.ts";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import { connack, type Greeting, judgeConnect, ownConnect, type Refusal, readConnect, returnCodes } from "./connect.ts";
import type { Rights, Visitor } from "./home-engine.ts";
import type { RemoteHomes } from "./remote-homes.ts";

const handshakeMs = 5_000;
const mostConnections = 5_000;
/** How often a client that says nothing is looked for. */
const aliveMs = 60_000;
/** How often the server's own certificate is looked after. */
const careMs = 12 * 60 * 60_000;

/** How a visitor shows who they are. */
export interface AppLogin {
  /** @throws HomeError `login-refused`, `too-many-attempts` */
  judge(claim: {
    readonly number: AccessNumber;
    readonly user: string;
    readonly source: string;
    readonly password: string;
  }): Promise<{ readonly credential: string; readonly rights: Rights }>;
  /** What the credential opens now, from there. */
  rightsNow(number: AccessNumber, user: string, credential: string, source: string): Promise<Rights>;
}

export interface RemotePortOptions {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fresh">;
  readonly log: Log;
  readonly host: string;
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  /** For clients that name no server. */
  readonly ownCertificate: () => Promise<{ readonly cert: string; readonly key: string }>;
  readonly login: AppLogin;
  readonly homes: RemoteHomes;
  readonly audit: (
    event: string,
    number: AccessNumber | null,
    user: string | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}

export type RemotePort = Listening;

/** @throws an error of `listen` as Node tells it. */
export async function openRemotePort(address: string, port: number, options: RemotePortOptions): Promise<RemotePort> {
  const { clock, ids, log, host, contextFor, ownCertificate, login, homes, audit } = options;
  const server = createServer({
    ...(await ownCertificate()),
    minVersion: "TLSv1.2",
    handshakeTimeout: handshakeMs,
    SNICallback: (name, done) => {
      contextFor(name).then(
        (context) => done(null, context),
        () => done(null),
      );
    },
  });
  server.maxConnections = mostConnections;

  async function admit(socket: TLSSocket, source: string): Promise<void> {
    const packet = await readConnect(socket, clock);
    const serverName = typeof socket.servername === "string" ? socket.servername.toLowerCase() : "";
    const greeting = judgeConnect(packet, serverName, host);
    const refusal = "returnCode" in greeting ? greeting : await welcome(socket, source, greeting);
    // Octets that are still unread would turn the answer into a reset.
    if (refusal === undefined) return;
    socket.resume().write(connack(refusal.returnCode));
    socket.destroySoon();
  }

  async function welcome(socket: TLSSocket, source: string, greeting: Greeting): Promise<Refusal | undefined> {
    const { number, user, password, clientId, keepalive } = greeting;
    const refuse = (returnCode: Refusal["returnCode"], reason: string): Refusal => {
      audit("login-refused", number, user, source, { reason, by: "mqtt" });
      return { returnCode, reason };
    };
    let shown: Awaited<ReturnType<AppLogin["judge"]>>;
    try {
      shown = await login.judge({ number, user, source, password });
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      if (code === "too-many-attempts") return refuse(returnCodes.unavailable, code);
      return refuse(returnCodes.credentials, typeof cause === "string" ? cause : code);
    }
    const { credential, rights } = shown;
    if (rights === "none") return refuse(returnCodes.notAuthorized, "the home asks for more");
    const visitor: Visitor = {
      user,
      source,
      rights,
      async recheck() {
        visitor.rights = await login.rightsNow(number, user, credential, source);
        return visitor.rights;
      },
    };
    coalesceWrites(socket);
    // Nobody takes another's place by their client id (A2).
    const ownId = `${credential.slice(0, 16)}:${clientId === "" ? ids.fresh() : clientId}`;
    socket.unshift(ownConnect(ownId, keepalive));
    if (!(await homes.serve(number, socket, visitor))) return refuse(returnCodes.unavailable, "too many clients");
    audit("login", number, user, source, { shown: "app", rights, by: "mqtt" });
    return undefined;
  }

  server.on("secureConnection", (socket) => {
    socket.on("error", () => undefined);
    socket.setKeepAlive(true, aliveMs);
    // Silent: whoever speaks no MQTT is told nothing, and fills no log.
    admit(socket, socket.remoteAddress ?? "").catch(() => socket.destroy());
  });

  let care = clock.after(careMs, renewOwn);
  function renewOwn(): void {
    care = clock.after(careMs, renewOwn);
    ownCertificate().then(
      (pair) => server.setSecureContext({ ...pair, minVersion: "TLSv1.2" }),
      (cause) => log.write("error", "own-certificate-failed", { cause: String(cause) }),
    );
  }

  const listening = await listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "remote-port-failed", { cause: String(cause) }),
  );

  return {
    ...listening,
    get isListening() {
      return listening.isListening;
    },
    async [Symbol.asyncDispose]() {
      care.cancel();
      await listening[Symbol.asyncDispose]();
    },
  };
}
