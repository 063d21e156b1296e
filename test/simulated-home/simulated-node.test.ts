/** A simulated node's answers, rule by rule: what goes in and out is hexadecimal, as on the wire. */

import { describe, expect, it } from "vitest";
import { oneOf, range } from "../../simulated-home/legal-values.ts";
import { createSimulatedNode } from "../../simulated-home/simulated-node.ts";
import { createSimulatedObject } from "../../simulated-home/simulated-object.ts";
import { hex, octets } from "../../simulated-home/wire/octets.ts";

const identification = "feffffff00112233445566778899aabbcc";

/** A node with two lamps; `tell` hands it a frame from the controller 05ff01 and gives what it sent. */
function nodeWithLamps() {
  const sent: string[] = [];
  const lamps = [1, 2].map((instance) =>
    createSimulatedObject(0x029000 | instance, {
      "80": { edt: "31", set: oneOf("30", "31"), inf: true },
      "88": { edt: "42", inf: true },
      b0: { edt: "64", set: range(0, 100) },
    }),
  );
  const node = createSimulatedNode({
    identification,
    objects: lamps,
    send: (frame, address) => sent.push(`${address ?? "all"} ${hex(frame)}`),
  });
  const tell = async (frame: string): Promise<string[]> => {
    sent.length = 0;
    node.receive(octets(frame.replaceAll(" ", "")), "10.0.0.9");
    await Promise.resolve();
    return [...sent];
  };
  return { lamps, node, sent, tell };
}

describe("A simulated node", () => {
  it("tells everybody what it holds when it joins", () => {
    const { node, sent } = nodeWithLamps();
    node.start();
    expect(sent).toEqual(["all 108100010ef0010ef0017301d50702029001029002"]);
  });

  it("answers a Get in the order asked, with the TID asked, objects swapped", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 abcd 05ff01 029001 62 02 b000 8000")).toEqual([
      "10.0.0.9 1081abcd02900105ff017202b00164800131",
    ]);
  });

  it("keeps the good values of a Get that fails in part", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029001 62 03 8000 ff00 8800")).toEqual([
      "10.0.0.9 1081000102900105ff015203800131ff00880142",
    ]);
  });

  it("accepts a SetC with PDC 0, and announces the change after its answer", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029001 61 02 800130 b00132")).toEqual([
      "10.0.0.9 1081000102900105ff0171028000b000",
      "all 108100010290010ef0017301800130",
    ]);
  });

  it("announces nothing when a Set changes nothing", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029001 61 01 800131")).toHaveLength(1);
  });

  it("echoes what it refuses of a SetC: out of range, not settable, unknown, empty", async () => {
    const { tell, lamps } = nodeWithLamps();
    const refused = "10.0.0.9 1081000102900105ff015102";
    expect(await tell("1081 0001 05ff01 029001 61 02 b0010a b00165")).toEqual([`${refused}b000b00165`]);
    expect(await tell("1081 0001 05ff01 029001 61 02 880141 800131")).toEqual([`${refused}8801418000`]);
    expect(await tell("1081 0001 05ff01 029001 61 02 ff0100 8000")).toEqual([`${refused}ff01008000`]);
    expect(hex(lamps[0]?.read(0xb0) ?? octets(""))).toBe("0a");
  });

  it("answers a SetI only to refuse it", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029001 60 01 b00132")).toEqual([]);
    expect(await tell("1081 0001 05ff01 029001 60 01 b001ff")).toEqual(["10.0.0.9 1081000102900105ff015001b001ff"]);
  });

  it("sets, then gets, for a SetGet", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029001 6e 01 b00132 01 b000")).toEqual([
      "10.0.0.9 1081000102900105ff017e01b00001b00132",
    ]);
    expect(await tell("1081 0001 05ff01 029001 6e 01 b001ff 01 b000")).toEqual([
      "10.0.0.9 1081000102900105ff015e01b001ff01b00132",
    ]);
    expect(await tell("1081 0001 05ff01 029001 6e 01 b00131 01 ff00")).toEqual([
      "10.0.0.9 1081000102900105ff015e01b00001ff00",
    ]);
  });

  it("tells everybody what an INF_REQ asks, and refuses the asker alone", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0007 05ff01 029001 63 01 8000")).toEqual(["all 108100070290010ef0017301800131"]);
    expect(await tell("1081 0007 05ff01 029001 63 01 ff00")).toEqual(["10.0.0.9 1081000702900105ff015301ff00"]);
    expect(await tell("1081 0007 05ff01 0ef001 63 01 d500")).toEqual([
      "all 108100070ef0010ef0017301d50702029001029002",
    ]);
  });

  it("acknowledges an INFC with PDC 0", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 001101 029001 74 01 e00200fa")).toEqual(["10.0.0.9 108100010290010011017a01e000"]);
  });

  it("answers for every instance when asked for instance 00", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 029000 62 01 8000")).toEqual([
      "10.0.0.9 1081000102900105ff017201800131",
      "10.0.0.9 1081000102900205ff017201800131",
    ]);
  });

  it.each([
    ["an object that is not here", "1081 0001 05ff01 029003 62 01 8000"],
    ["a class that is not here", "1081 0001 05ff01 013000 62 01 8000"],
    ["an INF of another node", "1081 0001 013001 029001 73 01 800130"],
    ["an answer", "1081 0001 013001 029001 72 01 800130"],
    ["an unknown service", "1081 0001 05ff01 029001 65 01 8000"],
    ["another format", "1082 0001 05ff01 029001 62 01 8000"],
    ["half a frame", "1081 0001 05ff01 029001 62 02 8000"],
  ])("is silent to %s", async (_what, frame) => {
    expect(await nodeWithLamps().tell(frame)).toEqual([]);
  });

  it("has the whole node profile", async () => {
    const { tell } = nodeWithLamps();
    const [answer] = await tell("1081 0001 05ff01 0ef001 62 0b 8000 8200 8300 8a00 9d00 9e00 9f00 d300 d400 d600 d700");
    expect(answer).toBe(
      [
        "10.0.0.9 108100010ef00105ff01720b",
        "800130",
        "8204010d0100",
        `8311${identification}`,
        "8a03ffffff",
        "9d030280d5",
        "9e0100",
        "9f0c0b8082838a9d9e9fd3d4d6d7",
        "d303000002",
        "d4020002",
        "d60702029001029002",
        "d703010290",
      ].join(""),
    );
  });

  it("does not give D5 to a Get: it is only ever told", async () => {
    const { tell } = nodeWithLamps();
    expect(await tell("1081 0001 05ff01 0ef001 62 01 d500")).toEqual(["10.0.0.9 108100010ef00105ff015201d500"]);
  });

  it("announces what the device itself changes, several changes at once in one frame", async () => {
    const { lamps, sent } = nodeWithLamps();
    lamps[1]?.put(0x80, octets("30"));
    lamps[1]?.put(0x88, octets("41"));
    lamps[1]?.put(0xb0, octets("01"));
    await Promise.resolve();
    expect(sent).toEqual(["all 108100010290020ef0017302800130880141"]);
  });

  it("announces nothing once stopped", async () => {
    const { lamps, node, sent } = nodeWithLamps();
    lamps[0]?.put(0x80, octets("30"));
    node.stop();
    lamps[0]?.put(0x80, octets("31"));
    await Promise.resolve();
    expect(sent).toEqual([]);
  });
});
