/** Run by benches: viewers of a stream in a process of their own. Argument: JSON of where, and a path with a cookie for each; one line of JSON when all have had their first octets, one when told to end. */

import { request } from "node:https";

export interface Viewers {
  readonly port: number;
  readonly name: string;
  readonly ca: string;
  readonly each: readonly { readonly path: string; readonly cookie: string }[];
}

const [, , told = ""] = process.argv;
const { port, name, ca, each }: Viewers = JSON.parse(told);
let octets = 0;

/** Resolves with the milliseconds to the first octets of media. */
const watch = ({ path, cookie }: Viewers["each"][number]): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const headers = { host: `${name}:${port}`, cookie };
    const options = { host: "127.0.0.1", port, servername: name, ca, path, headers, agent: false };
    const sent = request(options, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`a viewer was answered ${response.statusCode}`));
      response.once("data", () => resolve(performance.now() - begun));
      response.on("data", (chunk: Buffer) => {
        octets += chunk.length;
      });
      response.once("error", () => undefined);
    });
    sent.once("error", reject).end();
  });

const firstMs = await Promise.all(each.map(watch));
octets = 0;
process.stdout.write(`${JSON.stringify({ firstMs })}\n`);
process.stdin
  .once("data", () => {
    process.stdout.write(`${JSON.stringify({ octets })}\n`);
    process.exit(0);
  })
  // Whoever began it is gone, however they went.
  .once("end", () => process.exit(0));
