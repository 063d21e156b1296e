/** A home behind an access broker as text browsers reach it: names under localhost are known to none of them, but a proxy knows them. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRig, type Rig } from "../access-broker/rig.ts";
import type { FakeControl } from "../fakes/fake-control.ts";
import { openPage } from "../page/open-page.ts";

export interface TextRig extends AsyncDisposable {
  readonly rig: Rig;
  readonly control: FakeControl;
  /** The home of the browser's person, and where its settings are. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Host and port of the proxy. */
  readonly proxy: string;
  /** `https://…`, the home's origin. */
  readonly base: string;
}

export async function openTextRig(): Promise<TextRig> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-text-"));
  const { handler, control } = openPage();
  const rig = await openRig();
  await rig.join(handler);
  writeFileSync(join(folder, "ca.pem"), rig.ca);
  const server = createServer();
  server.on("connect", (_, socket, head) => {
    const broker = connect(rig.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      broker.write(head);
      socket.pipe(broker).pipe(socket);
    });
    for (const side of [socket, broker]) side.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ rig, control, folder, proxy, base: `https://${rig.authority()}` },
    environment: {
      HOME: folder,
      PATH: process.env["PATH"],
      TERM: "vt100",
      LANG: "C.UTF-8",
      https_proxy: `http://${proxy}`,
      SSL_CERT_FILE: join(folder, "ca.pem"),
    },
    async [Symbol.asyncDispose]() {
      server.close();
      await rig[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
