import { describe, expect, it } from "vitest";
import type { Json } from "../../gateway-core/contract/json.ts";
import { FakeNode, type Quirks } from "../fakes/fake-echonet-node.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lastValues, openFakeHome, valuesOf } from "./fake-home.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";
import { address, lampWith } from "./lamp-home.ts";

const allValues = { power: false, brightness: 50, fault: false, energy: 100, energyUnit: 0.1 };

/** Without what the descriptor does not know (EPC 84 and 8A). */
const ofDescriptor = (values: Readonly<Record<string, Json>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith("epc")));

describe("a node that", () => {
  const readings: readonly (readonly [string, Quirks])[] = [
    ["keeps every rule", {}],
    ["does not copy the TID", { ownTid: 0 }],
    ["answers one frame for each EPC", { oneReplyPerEpc: true }],
    ["stays silent instead of sending Get_SNA", { silentInsteadOfSna: true }],
    ["sends Get_SNA although all its values are good", { snaWithGoodValues: true }],
    ["answers only the first two EPCs", { atMostEpcs: 2 }],
    ["does not answer a frame of more than three EPCs", { deafAboveEpcs: 3 }],
    ["sends more octets than its OPC counts", { surplus: "8200970098" }],
    ["counts its property map wrong", { countError: 3 }],
    ["counts more properties than it sends", { opcError: 2 }],
    ["answers everything twice", { answersTwice: true }],
    ["answers from two ports, with two TIDs", { answersAgainWithTid: 9 }],
    ["lists in its map an EPC that it never answers", { silentEpcs: [0x84] }],
    ["names nobody in a refusal", { setSnaNamesNobody: true }],
    ["leaves properties out of a Set_Res", { setResWithoutProperties: true }],
  ];
  it.each(readings)("%s is read whole and set", async (_, quirks) => {
    const { node, home, ref, descriptor } = await lampWith(quirks, { "0x84": "0000" });
    const changes = home.watch(ref, descriptor);
    await home.pass(6_000);
    expect(ofDescriptor(lastValues(changes))).toEqual(allValues);
    expect(await home.set(ref, descriptor, { power: true, brightness: 70 })).toEqual({
      values: { power: true, brightness: 70 },
      errors: {},
    });
    expect([node.edtOf(lampEoj, 0x80), node.edtOf(lampEoj, 0xb0)]).toEqual(["30", "46"]);
    await home.close();
  });

  it("confirms with octets in its INFC_Res tells no value by that", async () => {
    const { node, home, ref, descriptor } = await lampWith({});
    const changes = home.watch(ref, descriptor);
    await home.pass(100);
    const properties = [{ epc: 0xb0, edt: Uint8Array.of(0x11) }];
    node.send({ tid: 1, seoj: lampEoj, deoj: 0x05ff01, esv: "INFC_Res", properties });
    await home.pass(10);
    expect(valuesOf(changes, "brightness")).toEqual([50]);
    await home.close();
  });

  it("announces and wants it confirmed is heard and answered, whichever object of the gateway it tells", async () => {
    for (const deoj of [0x05ff01, 0x0ef001]) {
      const { node, home, ref, descriptor } = await lampWith({});
      const changes = home.watch(ref, descriptor);
      await home.pass(100);
      home.lan.sent.length = 0;
      node.send({ tid: 77, seoj: lampEoj, deoj, esv: "INFC", properties: [{ epc: 0xb0, edt: Uint8Array.of(9) }] });
      await home.pass(5);
      expect(lastValues(changes)["brightness"]).toBe(9);
      expect(home.lan.sent[0]).toMatchObject({
        to: address,
        frame: {
          tid: 77,
          seoj: deoj,
          deoj: lampEoj,
          esv: "INFC_Res",
          properties: [{ epc: 0xb0, edt: new Uint8Array(0) }],
        },
      });
      await home.close();
    }
  });

  it.each([
    ["has no identification number", [undefined, undefined, undefined]],
    ["has one of all zeros", ["00".repeat(17), "00".repeat(17), "00".repeat(17)]],
    ["has one of four octets", ["fe000006", "fe000006", "fe000006"]],
    ["has another one at every start", ["01", "02", "03"].map((octet) => octet.repeat(17))],
  ])("%s keeps its device ids over restarts of both", async (_, identifications) => {
    const host = fakeHost();
    const ids = new Set<string>();
    for (const identification of identifications) {
      const node = new FakeNode(address, { [lampEoj]: lampObject() }, {}, identification);
      const home = await openFakeHome([node], { host });
      ids.add(home.at(address).id);
      await home.close();
    }
    expect([...ids]).toEqual(["echonet-10-0-0-2-029001"]);
  });

  it("gives its devices its own identification number has a device for each all the same", async () => {
    const x = `fe000006${"01".repeat(13)}`;
    const lamp = lampObject({ "0x83": x });
    const node = new FakeNode(address, { [lampEoj]: lamp, [lampEoj + 1]: lamp }, {}, x);
    const home = await openFakeHome([node]);
    expect(home.sightings.map(({ ref }) => ref.id)).toEqual(["echonet-10-0-0-2-029001", "echonet-10-0-0-2-029002"]);
    await home.close();
  });

  it("announces to the gateway alone is heard", async () => {
    const { node, home, ref, descriptor } = await lampWith({});
    const changes = home.watch(ref, descriptor);
    await home.pass(100);
    node.change(lampEoj, 0x80, "30", 0x05ff01);
    await home.pass(10);
    expect(lastValues(changes)["power"]).toBe(true);
    await home.close();
  });

  it("clips what is out of its range and accepts it is reported with the value that it took", async () => {
    const { home, ref, descriptor } = await lampWith({ clips: { epc: 0xb0, minimum: 10, maximum: 80 } });
    expect((await home.set(ref, descriptor, { brightness: 100 })).values).toEqual({ brightness: 80 });
    await home.close();
  });

  it("names nobody in a refusal is believed to refuse all", async () => {
    const { home, ref, descriptor } = await lampWith({ setSnaNamesNobody: true, refuses: { "0xb0": ["63"] } });
    const { errors } = await home.set(ref, descriptor, { power: true, brightness: 99 });
    expect(errors).toMatchObject({
      power: { refused: ["80"] },
      brightness: { code: "device-refused", refused: ["b0"] },
    });
    await home.close();
  });

  it("answers after the gateway gave up is heard all the same, and given more time from then on", async () => {
    const { home, ref, descriptor } = await lampWith({});
    home.lan.latencyMs = 900;
    const late = await home.get(ref, descriptor, ["brightness"]);
    expect(late.errors).toMatchObject({ brightness: { code: "device-silent" } });
    await home.pass(5_000);
    expect((await home.get(ref, descriptor, ["brightness"])).values).toEqual({ brightness: 50 });
    await home.close();
  });

  it("has an EPC that it never answers loses no time over it again", async () => {
    const { home, ref } = await lampWith({ silentEpcs: [0x88] });
    const descriptor = await home.describe(ref);
    const changes = home.watch(ref, descriptor);
    await home.pass(5_000);
    expect(Object.keys(ofDescriptor(lastValues(changes))).toSorted()).toEqual([
      "brightness",
      "energy",
      "energyUnit",
      "power",
    ]);
    const { result, ms } = await home.timed(
      home.session.get(ref, descriptor, ["power", "fault", "brightness"], { signal: home.signal }),
    );
    expect(result.values).toEqual({ power: false, brightness: 50 });
    expect(result.errors).toMatchObject({ fault: { code: "device-silent", silent: ["88"] } });
    expect(ms).toBeLessThan(1_000);
    await home.close();
  });

  it("has an EPC that it never answers is asked for it ever more rarely, until it starts anew", async () => {
    const { node, home, ref, descriptor } = await lampWith({ silentEpcs: [0x88] });
    home.watch(ref, descriptor);
    const asked = (): number => home.lan.requestsTo(address).filter((request) => / 88\b/.test(request)).length;
    await home.pass(600_000);
    home.lan.sent.length = 0;
    await home.pass(3_600_000);
    expect(asked()).toBeGreaterThan(0);
    expect(asked()).toBeLessThan(5);
    expect(home.lan.requestsTo(address).every((request) => !/ 88\b/.test(request) || request.endsWith("01 88"))).toBe(
      true,
    );
    home.lan.sent.length = 0;
    node.quirks = {};
    node.start();
    await home.pass(1_000);
    expect(asked()).toBe(1);
    expect((await home.get(ref, descriptor, ["fault"])).values).toEqual({ fault: false });
    await home.close();
  }, 60_000);

  it("bears few EPCs in a frame is asked for few from then on", async () => {
    const { home, ref, descriptor } = await lampWith({ atMostEpcs: 3 });
    await home.get(ref, descriptor, ["power", "brightness", "fault", "energy"]);
    home.lan.sent.length = 0;
    await home.get(ref, descriptor, ["power", "brightness", "fault", "energy"]);
    const counts = home.lan.sent.map(({ frame }) => frame.properties.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5);
    await home.get(ref, descriptor, ["power", "brightness", "fault", "energy"]);
    home.lan.sent.length = 0;
    await home.get(ref, descriptor, ["power", "brightness", "fault", "energy"]);
    expect(Math.max(...home.lan.sent.map(({ frame }) => frame.properties.length))).toBe(3);
    await home.close();
  });

  it("tells a value that its descriptor does not know loses that value only, with one word to the log", async () => {
    const { node, home, ref, descriptor } = await lampWith({}, { "0x88": "77" });
    const changes = home.watch(ref, descriptor);
    await home.pass(100);
    node.change(lampEoj, 0x88, "78");
    await home.pass(400_000);
    const { fault, ...others } = allValues;
    expect(fault).toBe(false);
    expect(ofDescriptor(lastValues(changes))).toEqual(others);
    expect(home.host.log.events("warn").filter((event) => event === "value-undecodable")).toHaveLength(1);
    expect((await home.get(ref, descriptor, ["fault", "power"])).errors).toMatchObject({
      fault: { code: "value-invalid" },
    });
    await home.close();
  });

  it("changes a coefficient has every value told anew that it multiplies", async () => {
    const { node, home, ref, descriptor } = await lampWith({});
    const changes = home.watch(ref, descriptor);
    await home.pass(100);
    node.send({
      tid: 1,
      seoj: lampEoj,
      deoj: 0x0ef001,
      esv: "INF",
      properties: [{ epc: 0xe1, edt: Uint8Array.of(0) }],
    });
    await home.pass(10);
    expect(valuesOf(changes, "energy")).toEqual([100, 1_000]);
    await home.close();
  });

  it("has no coefficient has the value as it stands", async () => {
    const { "0xe1": _, ...edts } = lampObject().edts;
    const node = new FakeNode(address, { [lampEoj]: { ...lampObject(), edts } });
    const home = await openFakeHome([node]);
    const ref = home.at(address);
    const descriptor = await home.describe(ref);
    expect(descriptor.properties).not.toHaveProperty("energyUnit");
    expect((await home.get(ref, descriptor, ["energy"])).values).toEqual({ energy: 1_000 });
    await home.close();
  });
});
