/** This machine's own files and sockets. */

import { openFile } from "./file-wire.ts";
import { askForStream } from "./http-wire.ts";
import { readableWire } from "./readable-wire.ts";
import { dial } from "./tcp-wire.ts";
import type { AvWires } from "./wires.ts";

export const machineWires: AvWires = {
  openFile,
  connect: async (origin, signal) =>
    origin.type === "http"
      ? askForStream(origin, signal)
      : readableWire(await dial(origin.host, origin.port, signal), false),
  async isReachable({ url }, signal) {
    const port = url.port === "" ? { "http:": 80, "https:": 443 }[url.protocol] : Number(url.port);
    try {
      (await dial(url.hostname.replace(/^\[|\]$/g, ""), port ?? 80, signal)).destroy();
      return true;
    } catch {
      return false;
    }
  },
};
