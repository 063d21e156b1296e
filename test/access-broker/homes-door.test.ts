import { describe, expect, it } from "vitest";
import { createHomeSight } from "../../access-broker/homes-door.ts";
import type { ShownHome } from "../../access-broker/internet/shown-home.ts";
import type { Visit } from "../../access-broker/internet/visit.ts";
import { speechFor } from "../../access-broker/internet/words.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";

const home: ShownHome = { number: "090-1", user: "taro", role: "owner", access: { rights: "all", grant: wholeGrant } };
const visit: Visit = {
  ...{ method: "GET", target: "/homes", path: "/homes", query: new URLSearchParams(), body: null },
  ...{ authority: "genkan.example", serverName: "genkan.example", headers: new Headers(), source: "192.0.2.1" },
  ...{ speech: speechFor("en"), signal: new AbortController().signal, closed: Promise.resolve() },
};

describe("A look into one of a person's homes", () => {
  it("reads no more of what the home says than a home has to say, and breaks the rest off", async () => {
    let [octets, isBrokenOff] = [0, false];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        octets += 1_024;
        // A broker that goes on reading would do so for ever.
        if (octets > 1_000_000) return controller.error(new Error("read on and on"));
        controller.enqueue(new Uint8Array(1_024).fill(0x20));
      },
      cancel() {
        isBrokenOff = true;
      },
    });
    const lookInto = createHomeSight({
      host: "genkan.example",
      directory: { find: () => ({ isPageOffered: true }) as never, awaySince: () => undefined },
      relay: async () => new Response(body),
    });
    expect(await lookInto(home, visit)).toEqual({ state: "online" });
    expect([octets < 10_000, isBrokenOff]).toEqual([true, true]);
  });
});
