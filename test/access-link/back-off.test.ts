import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AccessLink, openAccessLink } from "../../gateway-core/access-link/broker-link.ts";
import type { Registration } from "../../gateway-core/access-link/registration.ts";
import { fakeHost } from "../fakes/fake-host.ts";

describe("A link whose broker is away", () => {
  let server: Server;
  let knocks = 0;
  let link: AccessLink;
  const host = fakeHost();

  beforeEach(async () => {
    server = createServer((socket) => {
      knocks++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const registration: Registration = {
      v: 1,
      number: "090-1234-5678",
      // Nobody is asked where the broker went: this address cannot be dialled.
      broker: "https://localhost:1",
      gatewayPort: port,
      ca: "",
      key: "",
      certificate: "",
      chain: [],
      descriptorKey: "x",
    };
    link = openAccessLink({ host, registration, handler: async () => new Response() });
  });
  afterEach(async () => {
    await link[Symbol.asyncDispose]();
    server.close();
  });

  it("is dialled again after jittered waits that double up to 30 s, and is told of once", async () => {
    const states: string[] = [];
    link.onState((state) => states.push(state));
    const dials = (): number => states.filter((state) => state === "connecting").length;
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await expect.poll(() => knocks).toBe(attempt);
      await expect.poll(() => link.state).toBe("offline");
      await expect.poll(() => host.clock.pending).toBe(1);
      let waited = 0;
      while (dials() < attempt && waited < 60_000) {
        await host.clock.advance(250);
        waited += 250;
      }
      waits.push(waited);
    }
    // Half of the full jitter's range, as the fake host throws its dice.
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(host.log.events()).toEqual(["access-link-refused"]);
    expect(states).not.toContain("online");
  });
});
