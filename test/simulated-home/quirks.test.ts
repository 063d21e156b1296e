/** Each quirk of real devices as it shows on the wire: what goes in and out is hexadecimal. */

import { describe, expect, it } from "vitest";
import { between, oneOf } from "../../simulated-home/legal-values.ts";
import { type QuirkSwitches, quirksOf } from "../../simulated-home/quirks/quirks.ts";
import { createSimulatedNode, type Way } from "../../simulated-home/simulated-node.ts";
import { createSimulatedObject } from "../../simulated-home/simulated-object.ts";
import { hex, octets } from "../../simulated-home/wire/octets.ts";

/** A node with two lamps. `tell` gives it a frame, to all or to it alone, and gives what it sent: to whom, the frame, the way. */
function nodeWith(switches: QuirkSwitches) {
  const sent: string[] = [];
  const lamps = [1, 2].map((instance) =>
    createSimulatedObject(0x029000 | instance, {
      "80": { edt: "31", set: oneOf("30", "31"), inf: true },
      "88": { edt: "42" },
      b0: { edt: "64", ...between(10, 100) },
    }),
  );
  const wayOf = ({ lateMs, isFromOtherPort }: Way): string =>
    `${lateMs === undefined ? "" : ` ${lateMs} ms late`}${isFromOtherPort === true ? " from another port" : ""}`;
  const node = createSimulatedNode({
    identification: "feffffff00112233445566778899aabbcc",
    objects: lamps,
    quirks: quirksOf(switches),
    send: (frame, address, way = {}) => sent.push(`${address ?? "all"} ${hex(frame)}${wayOf(way)}`),
  });
  const tell = async (frame: string, isMulticast = false): Promise<string[]> => {
    sent.length = 0;
    node.receive(octets(frame.replaceAll(" ", "")), "asker", isMulticast);
    await Promise.resolve();
    return [...sent];
  };
  return { tell, lamp: lamps[0], node };
}

const get = "1081 0007 05ff01 029001 62";
/** The head of the lamp's answers, up to the service. */
const head = "asker 1081000702900105ff01";

describe("A node", () => {
  it("that does not echo the TID answers with one of its own", async () => {
    const { tell } = nodeWith({ ownTid: 0 });
    expect(await tell(`${get} 01 8000`)).toEqual(["asker 1081000002900105ff017201800131"]);
    expect(await tell("1081 0008 05ff01 029001 61 01 b0010a")).toEqual(["asker 1081000002900105ff017101b000"]);
  });

  it("that answers one frame per EPC does so, refusing apart what it has not", async () => {
    const { tell } = nodeWith({ oneReplyPerEpc: true });
    expect(await tell(`${get} 03 8000 ff00 b000`)).toEqual([
      `${head}7201800131`,
      `${head}5201ff00`,
      `${head}7201b00164`,
    ]);
  });

  it("that is silent instead of sending Get_SNA answers only what it can answer whole", async () => {
    const { tell } = nodeWith({ silentInsteadOfSna: true });
    expect(await tell(`${get} 02 8000 ff00`)).toEqual([]);
    expect(await tell(`${get} 02 8000 b000`)).toEqual([`${head}7202800131b00164`]);
  });

  it("that says Get_SNA with good values does so for every Get", async () => {
    expect(await nodeWith({ snaWithGoodValues: true }).tell(`${get} 01 8000`)).toEqual([`${head}5201800131`]);
  });

  it("that knows only the first N EPCs of a Get leaves the others out of a Get_SNA", async () => {
    const { tell } = nodeWith({ firstEpcsOnly: 2 });
    expect(await tell(`${get} 03 8000 8800 b000`)).toEqual([`${head}5202800131880142`]);
    expect(await tell(`${get} 02 8000 8800`)).toEqual([`${head}7202800131880142`]);
  });

  it("that is deaf above N EPCs does not hear a Get of more", async () => {
    const { tell } = nodeWith({ deafAboveEpcs: 2 });
    expect(await tell(`${get} 03 8000 8800 b000`)).toEqual([]);
    expect(await tell(`${get} 02 8000 8800`)).toHaveLength(1);
  });

  it("that counts its properties wrong sends an OPC that disagrees with the tuples", async () => {
    const asked = `${get} 03 8000 8800 b000`;
    expect(await nodeWith({ opcError: -1 }).tell(asked)).toEqual([`${head}7202800131880142b00164`]);
    expect(await nodeWith({ opcError: 1 }).tell(asked)).toEqual([`${head}7204800131880142b00164`]);
    expect(await nodeWith({ opcError: -9 }).tell(`${get} 01 8000`)).toEqual([`${head}7201800131`]);
  });

  it("that counts its property map wrong sends a 9F whose first octet disagrees with the rest", async () => {
    expect(await nodeWith({ mapCountError: 3 }).tell(`${get} 01 9f00`)).toEqual([`${head}72019f070980889d9e9fb0`]);
    expect(await nodeWith({}).tell(`${get} 01 9f00`)).toEqual([`${head}72019f070680889d9e9fb0`]);
  });

  it("that answers a multicast Get twice does so from two ports with two TIDs", async () => {
    const { tell } = nodeWith({ answersMulticastTwice: true });
    const search = "1081 0007 05ff01 0ef001 62 01 d600";
    const answer = (tid: string): string => `asker 1081${tid}0ef00105ff017201d60702029001029002`;
    expect(await tell(search, true)).toEqual([answer("0007"), `${answer("0008")} from another port`]);
    expect(await tell(search)).toEqual([answer("0007")]);
  });

  it("that announces to its asker puts the asker's EOJ into the DEOJ of its INF, once somebody has asked", async () => {
    const { tell, lamp } = nodeWith({ announcesToAsker: true });
    lamp?.put(0x80, octets("30"));
    expect(await tell("")).toEqual(["all 108100010290010ef0017301800130"]);
    expect(await tell("1081 0007 05ff01 029001 61 01 800131")).toEqual([
      `${head}71018000`,
      "all 1081000202900105ff017301800131",
    ]);
  });

  it("that clips accepts a SetC out of range and takes the nearest value", async () => {
    const { tell, lamp } = nodeWith({ clipsSets: true });
    expect(await tell("1081 0007 05ff01 029001 61 01 b001c8")).toEqual([`${head}7101b000`]);
    expect(hex(lamp?.read(0xb0) ?? octets(""))).toBe("64");
    expect(await tell("1081 0007 05ff01 029001 61 01 b00101")).toEqual([`${head}7101b000`]);
    expect(hex(lamp?.read(0xb0) ?? octets(""))).toBe("0a");
    expect(await tell("1081 0007 05ff01 029001 61 01 800199")).toEqual([`${head}5101800199`]);
    expect(await tell("1081 0007 05ff01 029001 61 01 b0020101")).toEqual([`${head}5101b0020101`]);
  });

  it("that has silent EPCs lists them, and answers no Get that asks one", async () => {
    const { tell } = nodeWith({ silentEpcs: ["88"] });
    expect(await tell(`${get} 01 8800`)).toEqual([]);
    expect(await tell(`${get} 02 8000 8800`)).toEqual([]);
    expect(await tell(`${get} 02 9f00 8000`)).toEqual([`${head}72029f070680889d9e9fb0800131`]);
  });

  it("that acknowledges an INFC with EDT sends back what it was told", async () => {
    const { tell } = nodeWith({ infCResCarriesEdt: true });
    expect(await tell("1081 0007 001101 029001 74 01 e00200fa")).toEqual(["asker 108100070290010011017a01e00200fa"]);
  });

  it("that answers instance 00 from 01 answers once for all instances of a class", async () => {
    const { tell } = nodeWith({ instance00AnsweredFrom01: true });
    expect(await tell("1081 0007 05ff01 029000 62 01 8000")).toEqual([`${head}7201800131`]);
    expect(await tell("1081 0007 05ff01 029002 62 01 8000")).toEqual(["asker 1081000702900205ff017201800131"]);
  });

  it("that replies late does so each time, or every n-th", async () => {
    const always = nodeWith({ lateReplies: { ms: 900 } });
    expect(await always.tell(`${get} 01 8000`)).toEqual([`${head}7201800131 900 ms late`]);
    const { tell } = nodeWith({ lateReplies: { ms: 900, every: 2 } });
    expect(await tell(`${get} 01 8000`)).toEqual([`${head}7201800131`]);
    expect(await tell(`${get} 01 8000`)).toEqual([`${head}7201800131 900 ms late`]);
    expect(await tell(`${get} 01 8000`)).toEqual([`${head}7201800131`]);
  });

  it("that replies from arbitrary ports announces from its own all the same", async () => {
    const { tell } = nodeWith({ repliesFromAnyPort: true });
    expect(await tell("1081 0007 05ff01 029001 61 01 800130")).toEqual([
      `${head}71018000 from another port`,
      "all 108100010290010ef0017301800130",
    ]);
  });

  it("may have several quirks at once", async () => {
    const { tell } = nodeWith({ ownTid: 9, oneReplyPerEpc: true, firstEpcsOnly: 1, repliesFromAnyPort: true });
    expect(await tell(`${get} 02 8000 b000`)).toEqual(["asker 1081000902900105ff017201800131 from another port"]);
  });
});
