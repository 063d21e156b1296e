/** A tuner of the home's network: sends what is on to whoever asks by HTTP, in real time, to so many at once as it has tuners. On 127.0.0.1 only. */

import { createServer, type ServerResponse } from "node:http";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { createTsContent, type MakePackets } from "../ieee1394/stream/ts-content.ts";
import { packetOctets } from "../ieee1394/stream/ts-time.ts";
import { listenLocally } from "../listen-locally.ts";

export interface ScenarioTuner {
  /** How many may watch at once. */
  readonly tuners?: number;
}

export interface NetworkTuner extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/stream`: a source of the gateway's setting `media.sources`. */
  readonly url: string;
}

const stepMs = 40;
/** A viewer who does not read is cut off. */
const mostUnsent = 4_000_000;

/** Port 0: a free one. @throws HomeError `address-unusable`. */
export async function openNetworkTuner(
  { tuners = 2 }: ScenarioTuner,
  clock: Clock,
  port: number,
  make?: MakePackets,
): Promise<NetworkTuner> {
  const content = createTsContent("testsrc", make);
  const viewers = new Set<ServerResponse>();
  let timer: Timer | undefined;
  let [begunAt, sent] = [0, 0];

  /** All see the same: what the tuner has sent since somebody began to watch. */
  function send(): void {
    const due = Math.floor(((clock.now() - begunAt) * content.bitsPerSecond) / 8_000 / packetOctets);
    const octets = Buffer.concat(Array.from({ length: due - sent }, () => content.packet(sent++)));
    for (const viewer of viewers) {
      if (viewer.writableLength > mostUnsent) viewer.destroy();
      else viewer.write(octets);
    }
    timer = clock.after(stepMs, send);
  }

  function leave(viewer: ServerResponse): void {
    viewers.delete(viewer);
    if (viewers.size === 0) timer?.cancel();
  }

  const server = createServer(({ method, url }, response) => {
    if (url !== "/stream" || method !== "GET") response.writeHead(404).end();
    else if (viewers.size >= tuners) response.writeHead(503).end();
    else {
      response.writeHead(200, { "content-type": "video/mp2t" }).flushHeaders();
      response.once("close", () => leave(response));
      viewers.add(response);
      if (viewers.size > 1) return;
      [begunAt, sent] = [clock.now(), 0];
      send();
    }
  });
  const local = await listenLocally(server, port, "tuner", () => server.closeAllConnections());
  return { url: `http://${local.authority}/stream`, [Symbol.asyncDispose]: () => local[Symbol.asyncDispose]() };
}
