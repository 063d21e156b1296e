import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { bodyOf } from "../../../access-broker/gateways/stream-body.ts";

it("A body that nobody takes any more lets go of what is still under way", async () => {
  const server = createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    stream.respond({ ":status": 200 });
    stream.write(new Uint8Array(1_000_000));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":path": "/" });
  const flow = { octets: 0, isOver: false };
  const body = bodyOf(stream, {
    took: (octets) => {
      flow.octets += octets;
    },
    hold: () => undefined,
    [Symbol.dispose]: () => {
      flow.isOver = true;
    },
  });
  const reader = body.getReader();
  await reader.read();
  const closed = once(stream, "close");
  await reader.cancel();
  const before = flow.octets;
  stream.emit("data", Buffer.alloc(1_000));
  expect(flow.octets).toBe(before + 1_000);
  await closed;
  expect(flow.isOver).toBe(true);
  session.destroy();
  server.close();
});
