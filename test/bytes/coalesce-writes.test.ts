import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { coalesceWrites } from "../../gateway-core/bytes/coalesce-writes.ts";
import { settle } from "../fakes/fake-host.ts";

describe("coalesced writes", () => {
  it("of one turn go out together, and the next turn's after them", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    const client = connect(typeof bound === "object" ? (bound?.port ?? 0) : 0, "127.0.0.1");
    const [[socket]] = await Promise.all([once(server, "connection"), once(client, "connect")]);
    const received: string[] = [];
    client.on("data", (octets) => received.push(octets.toString()));
    coalesceWrites(socket);

    for (const text of ["a", "b", "c"]) {
      socket.cork();
      socket.write(text);
      socket.uncork();
    }
    expect(socket.writableLength).toBe(3);
    await settle();
    expect(socket.writableLength).toBe(0);
    socket.cork();
    socket.end("d");
    await once(client, "end");
    expect(received.join("")).toBe("abcd");
    expect(received[0]).toBe("abc");
    server.close();
  });
});
