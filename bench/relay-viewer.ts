/** What benches ask of a page's door as a browser does, over HTTP/1.1 and TLS, and what they measure of it. */

import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

/** Where it is asked, by which name and with which session. */
export interface Door {
  readonly port: number;
  readonly host: string;
  readonly ca?: string;
  readonly cookie: string;
}

export interface Asking {
  readonly method?: string;
  readonly form?: string;
  readonly json?: string;
  readonly agent?: Agent;
}

export interface Asked {
  readonly status: number;
  readonly cookie: string;
  readonly octets: number;
}

function options({ port, host, ca, cookie }: Door, path: string, { method = "GET", form, json, agent }: Asking) {
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  return {
    ...{ host: "127.0.0.1", port, path, method, servername: host, agent: agent ?? false },
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
    headers: {
      host: `${host}:${port}`,
      ...(cookie === "" ? {} : { cookie }),
      ...(form === undefined && json === undefined ? {} : { "content-type": type }),
    },
  };
}

/** Asks, and reads the answer to its end; `onOctets` hears of each part. */
export function ask(
  door: Door,
  path: string,
  asking: Asking = {},
  onOctets?: (octets: number) => void,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(options(door, path, asking), (response) => {
      let octets = 0;
      response.on("data", (part: Buffer) => {
        octets += part.length;
        onOctets?.(part.length);
      });
      response.once("error", reject);
      response.once("end", () => {
        const cookie = (response.headers["set-cookie"] ?? []).map((one) => one.split(";", 1)[0]).join("; ");
        resolve({ status: response.statusCode ?? 0, cookie, octets });
      });
    });
    sent.once("error", reject);
    sent.end(asking.form ?? asking.json);
  });
}

/** Opens an answer and reads nothing of it. */
export function openUnread(door: Door, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(options(door, path, {}), (response) => resolve(response.pause()))
      .once("error", reject)
      .end();
  });
}

/** Asks again and again, so many at once, each over a connection that is kept; how long each took, in milliseconds. */
export async function askOften(
  door: Door,
  path: string,
  {
    atOnce,
    measuredMs,
    asking = {},
  }: { readonly atOnce: number; readonly measuredMs: number; readonly asking?: Asking },
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const took: number[] = [];
  const until = performance.now() + measuredMs;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const at = performance.now();
      const { status } = await ask(door, path, { ...asking, agent });
      if (status !== 200) throw new Error(`${path} is answered by ${status}`);
      took.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  agent.destroy();
  return took;
}
