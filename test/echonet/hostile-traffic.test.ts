import { describe, expect, it } from "vitest";
import { encodeFrame, type Frame } from "../../gateway-core/echonet/frame.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

describe("hostile traffic", () => {
  const anyFrame: Frame = {
    tid: 1,
    seoj: lampEoj,
    deoj: 0x0ef001,
    esv: "INF",
    properties: [{ epc: 0x80, edt: Uint8Array.of(0x30) }],
  };

  it("of what is no frame is dropped, with one word for each sender and an end to that too", async () => {
    const home = await openFakeHome([]);
    for (let sender = 0; sender < 300; sender++) {
      for (const octets of [new Uint8Array(0), Uint8Array.of(0x10, 0x82, 0, 1), Uint8Array.of(1, 2, 3)]) {
        home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, octets);
      }
    }
    await home.pass(10);
    expect(home.host.log.events()).toEqual(Array.from({ length: 100 }, () => "frame-dropped"));
    await home.close();
  });

  it("from made-up addresses makes the gateway ask few of them, and remember none", async () => {
    const home = await openFakeHome([]);
    home.lan.sent.length = 0;
    for (let sender = 0; sender < 5_000; sender++) {
      home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, encodeFrame(anyFrame));
    }
    await home.pass(10);
    expect(home.lan.sent.length).toBeLessThanOrEqual(64);
    await home.pass(60_000);
    expect(home.sightings).toEqual([]);
    expect(home.host.memory.values.has("echonet-nodes")).toBe(false);
    await home.close();
  });

  it("of nodes that list objects and never answer is bounded and forgotten", async () => {
    const home = await openFakeHome([]);
    const list = { ...anyFrame, seoj: 0x0ef001, properties: [{ epc: 0xd5, edt: Uint8Array.of(1, 2, 0x90, 1) }] };
    for (let sender = 0; sender < 510; sender++) {
      home.lan.deliver(`10.1.${sender >> 8}.${sender & 0xff}`, encodeFrame(list));
    }
    await home.pass(300_000);
    expect(home.host.log.events()).toContain("too-many-nodes");
    expect(home.host.log.lines.length).toBeLessThan(120);
    const node = new FakeNode("10.0.0.2", { [lampEoj]: lampObject() });
    home.lan.plug(node);
    node.start();
    await home.pass(1_000);
    expect(home.sightings).toHaveLength(1);
    await home.close();
  }, 120_000);

  it("that names an impossible instance list is passed over", async () => {
    const home = await openFakeHome([]);
    const torn: Frame = { ...anyFrame, seoj: 0x0ef001, properties: [{ epc: 0xd5, edt: Uint8Array.of(1, 2) }] };
    home.lan.deliver("10.0.0.2", encodeFrame(torn));
    home.lan.deliver("10.0.0.2", encodeFrame({ ...torn, esv: "SetC" }));
    await home.pass(10);
    expect(home.sightings).toEqual([]);
    await home.close();
  });
});
