import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { packed } from "../../gateway-core/echonet/packed.ts";
import { FakeNode, type Quirks } from "../fakes/fake-echonet-node.ts";
import { lastValues, openFakeHome } from "./fake-home.ts";
import { lampDescriptor, lampEoj } from "./lamp-descriptor.ts";

const address = "10.0.0.2";
const word = (epc: string, more = {}) => ({
  titles: { en: epc, ja: epc },
  "gk:bind": { echonet: { epc, codec: { num: "uint8" }, ...more } },
});
/** A meter: the day selects what the two histories tell; eight further properties fill frames. */
const meter: Descriptor = {
  ...lampDescriptor,
  actions: {},
  properties: {
    normal: { ...word("0xE2", { atomic: "0xE5" }), readOnly: true },
    ...Object.fromEntries(
      ["0xD0", "0xD1", "0xD2", "0xD3", "0xD4", "0xD5", "0xD6", "0xD7"].map((epc) => [epc, word(epc)]),
    ),
    reverse: { ...word("0xE4", { atomic: "0xE5" }), readOnly: true },
    day: word("0xE5"),
  },
};
const { "gk:screen": _, ...model } = meter;

async function openMeter(quirks: Quirks = {}, day: Record<string, string> = { "0xe5": "00" }) {
  const fill = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((number) => [`0xd${number}`, "01"]));
  const object = {
    edts: { "0x80": "30", ...fill, "0xe2": "0a", "0xe4": "0b", ...day },
    settable: [0xe5],
    announced: [],
  };
  const node = new FakeNode(address, { [lampEoj]: object }, quirks);
  const home = await openFakeHome([node]);
  await home.pass(5_000);
  const ref = home.at(address);
  const descriptor = await home.describe(ref, model);
  home.lan.sent.length = 0;
  const asked = (): string[] => home.lan.requestsTo(address).map((request) => request.slice("Get 029001 ".length));
  return { node, home, ref, descriptor, asked };
}

/** No frame asks for a history without its day. */
const isWhole = (frame: string): boolean => !/e[24]/.test(frame) || frame.includes("e5");

describe("a property whose value another one selects", () => {
  it("is asked for with it, in one frame", async () => {
    const { home, ref, descriptor, asked } = await openMeter();
    expect((await home.get(ref, descriptor, ["reverse"])).values).toEqual({ reverse: 11 });
    expect(asked()).toEqual(["e5 e4"]);
    await home.close();
  });

  it.each<[string, Quirks]>([
    ["the frame is full", {}],
    ["the device bears few EPCs in a frame", { deafAboveEpcs: 3 }],
    ["one of them is never answered", { silentEpcs: [0xe4] }],
    ["the device answers in part", { atMostEpcs: 4 }],
  ])("is never parted from it: %s", async (_, quirks) => {
    const { home, ref, descriptor, asked } = await openMeter(quirks);
    const changes = home.watch(ref, descriptor);
    await home.pass(120_000);
    expect(asked().length).toBeGreaterThan(2);
    expect(asked().filter((frame) => !isWhole(frame))).toEqual([]);
    const isAnswered = quirks.silentEpcs === undefined;
    expect(lastValues(changes)).toMatchObject(isAnswered ? { day: 0, normal: 10, reverse: 11 } : { "0xD7": 1 });
    await home.close();
  });

  it("is told anew as soon as another one is selected", async () => {
    const { node, home, ref, descriptor } = await openMeter();
    const changes = home.watch(ref, descriptor);
    await home.pass(1_000);
    home.lan.sent.length = 0;
    const setting = home.session.set(ref, descriptor, { day: 3 }, { signal: home.signal });
    await home.pass(1);
    node.change(lampEoj, 0xe2, "63");
    expect((await home.timed(setting)).result.values).toEqual({ day: 3 });
    await home.pass(1);
    expect(home.lan.requestsTo(address).slice(0, 2)).toEqual(["SetC 029001 e5", "Get 029001 e5 e2 e4"]);
    expect(lastValues(changes)).toMatchObject({ day: 3, normal: 99 });
    await home.close();
  });

  it("is asked for alone where the one that selects cannot be got", async () => {
    const { home, ref, descriptor, asked } = await openMeter({}, {});
    await home.get(ref, descriptor, ["normal"]);
    expect(asked()).toEqual(["e2"]);
    await home.close();
  });
});

describe("packing", () => {
  it("fills frames in order, and gives what is larger than a frame one of its own", () => {
    expect(packed([[1], [2, 3], [4], [5, 6, 7, 8], [9]], 3)).toEqual([[[1], [2, 3]], [[4]], [[5, 6, 7, 8]], [[9]]]);
    expect(packed([], 3)).toEqual([]);
  });
});
