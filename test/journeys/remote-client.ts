/** A program outside the home: HTTPS to the access broker by address, with the home's name as SNI and Host, and a cookie jar. */

import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { Addresses } from "./home.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RemoteClient {
  cookie: string;
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  login(user: string, password: string): Promise<Answer>;
}

interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Another name than this home's, for SNI and Host. */
  readonly name?: string;
}

export function remoteClient(addresses: Pick<Addresses, "home" | "ca">): RemoteClient {
  const { hostname, port } = new URL(addresses.home);
  const ca = readFileSync(addresses.ca, "utf8");
  const client: RemoteClient = {
    cookie: "",
    ask(method, path, { headers = {}, body, name = hostname } = {}) {
      return new Promise((resolve, reject) => {
        const own = { host: `${name}:${port}`, ...(client.cookie ? { cookie: client.cookie } : {}), ...headers };
        const options = { host: "127.0.0.1", port, servername: name, ca, method, path, headers: own, agent: false };
        const sent = request(options, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part) => {
            text += part;
          });
          response.on("end", () => {
            const set = response.headers["set-cookie"]?.find((cookie) => cookie.startsWith("__Host-genkan="));
            if (set !== undefined) client.cookie = set.split(";", 1)[0] ?? "";
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        });
        sent.on("error", reject).end(body);
      });
    },
    login: (user, password) =>
      client.ask("POST", "/login", {
        headers: { "content-type": "application/x-www-form-urlencoded", origin: `https://${hostname}:${port}` },
        body: new URLSearchParams({ user, password }).toString(),
      }),
  };
  return client;
}
