/** Own management before a whole page, with real TLS on loopback: set up on the page in the home, then asked from outside. Time is the test's. */

import { X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { type OwnAccess, type OwnAccessOptions, openOwnAccess } from "../../gateway-core/own-access/own-access.ts";
import { systemClock, systemIds } from "../../host/system-host.ts";
import { FakeClock, FakeLog, FakeMemory } from "../fakes/fake-host.ts";
import { local, openPage } from "../page/open-page.ts";

export const owner = "hanako";
export const password = "correct horse battery";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** SHA-256 of the certificate that the server showed. */
  readonly fingerprint: string;
}

export interface Ask {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly from?: string;
}

export async function openOwnRig(more: Partial<OwnAccessOptions> = {}) {
  const page = openPage();
  const host = {
    clock: new FakeClock(systemClock.now()),
    ids: systemIds,
    log: new FakeLog(),
    memory: new FakeMemory(),
  };
  const open = (): Promise<OwnAccess> =>
    openOwnAccess({
      ...{ isAllowed: true, listen: "127.0.0.1", port: 0, hostNames: ["home.example"], host },
      handler: page.handler,
      choices: () => [
        { id: "lamp", title: "Light" },
        { id: "cooler", title: "Cooler" },
      ],
      ...more,
    });
  let own = await open();

  /** On the page in the home. */
  const atHome = (form?: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) => {
    const url = "http://127.0.0.1:8080/setup/direct";
    const told = form && { method: "POST", body: new URLSearchParams(form) };
    return own.withSetup(page.handler)(new Request(url, { ...told, headers }), local);
  };
  const options = (path: string, { method, form, json, cookie, headers, host: name, from }: Ask) => ({
    ...{ host: "127.0.0.1", port: own.port, path, agent: false, rejectUnauthorized: false },
    ...(from === undefined ? {} : { localAddress: from }),
    method: method ?? (form === undefined && json === undefined ? "GET" : "POST"),
    headers: {
      host: name ?? `127.0.0.1:${own.port}`,
      ...(cookie === undefined ? {} : { cookie }),
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  const ask = (path: string, told: Ask = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(options(path, told), (response) => {
        const { raw } = (response.socket as TLSSocket).getPeerCertificate();
        const { fingerprint256: fingerprint } = new X509Certificate(raw);
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, fingerprint }),
        );
        response.once("error", reject);
      });
      sent.once("error", reject);
      const { form, json } = told;
      if (json !== undefined) sent.end(JSON.stringify(json));
      else sent.end(form && new URLSearchParams(form).toString());
    });
  /** An answer whose end is not awaited. */
  const follow = (path: string, told: Ask = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(options(path, told), resolve).once("error", reject).end();
    });

  return {
    ...{ page, host, atHome, ask, follow },
    get own() {
      return own;
    },
    setUp: () => atHome({ action: "on", name: owner, password, again: password }),
    /** Logs in and returns the cookies of the answer. */
    async logIn(name = owner, secret = password, form: Readonly<Record<string, string>> = {}) {
      const answer = await ask("/login", { form: { name, password: secret, ...form } });
      return cookiesOf(answer);
    },
    async restart() {
      await own[Symbol.asyncDispose]();
      own = await open();
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

export const cookiesOf = ({ headers }: Pick<Answer, "headers">): string =>
  (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";", 1)[0]).join("; ");
export const codeOf = ({ text }: Answer): unknown => JSON.parse(text).code;
