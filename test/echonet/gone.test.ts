import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../gateway-core/echonet/frame.ts";
import { FakeNode } from "../fakes/fake-echonet-node.ts";
import { openFakeHome } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const address = "10.0.0.2";
const second = lampEoj + 1;

async function twoLamps(rediscoverMs = 60_000) {
  const node = new FakeNode(address, { [lampEoj]: lampObject(), [second]: lampObject() });
  const home = await openFakeHome([node], { config: { rediscoverMs } });
  const ref = { id: "echonet-10-0-0-2-029002", address };
  const gone = (): string[] => home.sightings.flatMap((sighting) => (sighting.gone ? [sighting.ref.id] : []));
  return { node, home, ref, gone };
}

describe("an object", () => {
  it("that its node lists no more is gone, once the node says so when asked", async () => {
    const { node, home, ref, gone } = await twoLamps();
    const descriptor = await home.describe(ref);
    node.objects.delete(second);
    node.start();
    await home.pass(100);
    expect(gone()).toEqual([ref.id]);
    await expect(home.get(ref, descriptor, ["power"])).rejects.toMatchObject({ code: "unknown-device" });
    expect(home.lan.requestsTo(address)).toContain("Get 0ef001 d6");
    await home.close();
  });

  it("that is missing from an announcement only is not gone", async () => {
    const { home, gone } = await twoLamps();
    const properties = [{ epc: 0xd5, edt: Uint8Array.of(1, 2, 0x90, 1) }];
    home.lan.deliver(address, encodeFrame({ tid: 1, seoj: 0x0ef001, deoj: 0x0ef001, esv: "INF", properties }));
    await home.pass(1_000);
    expect(gone()).toEqual([]);
    await home.close();
  });

  it("that is missing from a list whose count is another, or of which nobody answers for, is not gone", async () => {
    const { node, home, gone } = await twoLamps(600_000);
    await home.pass(70_000);
    const short = (count: number) => {
      const properties = [{ epc: 0xd5, edt: Uint8Array.of(count, 2, 0x90, 1) }];
      home.lan.deliver(address, encodeFrame({ tid: 1, seoj: 0x0ef001, deoj: 0x0ef001, esv: "INF", properties }));
      return home.pass(5_000);
    };
    node.objects.delete(second);
    await short(2);
    home.lan.loses = ({ deoj, properties }) => deoj === 0x0ef001 && properties[0]?.epc === 0xd6;
    await short(1);
    expect(gone()).toEqual([]);
    await home.close();
  });

  it("that went without a word is missed by the next look around, and found again with its id when it is back", async () => {
    const { node, home, ref, gone } = await twoLamps();
    const lamp = lampObject();
    node.objects.delete(second);
    await home.pass(61_000);
    expect(gone()).toEqual([ref.id]);
    node.objects.set(second, lamp);
    await home.pass(61_000);
    expect(home.sightings.at(-1)).toMatchObject({ ref });
    expect(home.sightings.at(-1)?.gone).toBeUndefined();
    await home.close();
  });

  it("that lives behind a node that is dead is not gone, and needs nothing to be back", async () => {
    const { node, home, ref, gone } = await twoLamps();
    const changes = home.watch(ref, await home.describe(ref));
    home.lan.unplug(node);
    await home.pass(200_000);
    expect(changes.at(-1)).toEqual({ type: "availability", available: false });
    home.lan.plug(node);
    await home.pass(61_000);
    expect(changes.at(-1)?.type).toBe("value");
    expect(gone()).toEqual([]);
    await home.close();
  });
});

describe("a wire that leads to more than before", () => {
  it("has the gateway announce itself and ask all nodes anew", async () => {
    const { home } = await twoLamps();
    await home.pass(70_000);
    home.lan.sent.length = 0;
    home.lan.widen();
    await home.pass(3_000);
    expect(home.lan.requestsTo("multicast")).toEqual(["INF 0ef001 d5", "Get 0ef001 d6", "Get 0ef001 d6"]);
    await home.close();
  });
});
