import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { parseBusMessage } from "../../gateway-core/ieee1394/socket-bus-message.ts";
import { thrownBy } from "./thrown-by.ts";

const parse = (message: unknown) => parseBusMessage(JSON.stringify(message));
const state = { event: "state", generation: 3, localNodeId: 0xffc1, nodeIds: [0xffc0, 0xffc1], gapCount: 63 };

describe("What a bus behind a socket tells", () => {
  it("is an answer, its state, an FCP frame or packets of a channel", () => {
    expect(parse({ id: 4, rcode: "complete", data: "0404" })).toEqual({
      kind: "answer",
      id: 4,
      answer: { rcode: "complete", data: Uint8Array.of(4, 4) },
    });
    expect(parse({ ...state, irmNodeId: 0xffc1 })).toMatchObject({ kind: "state", state: { irmNodeId: 0xffc1 } });
    expect(parse(state)).toMatchObject({ kind: "state", state: { irmNodeId: undefined, nodeIds: [0xffc0, 0xffc1] } });
    expect(parse({ event: "fcp", nodeId: 0xffc0, generation: 3, isResponse: true, data: "0c" })).toMatchObject({
      kind: "fcp",
      frame: { isResponse: true, octets: Uint8Array.of(12) },
    });
    const packets = Buffer.from("1f3f01000201021f4001000103", "hex").toString("base64");
    expect(parse({ event: "isochronous", channel: 5, packets })).toEqual({
      kind: "isochronous",
      channel: 5,
      packets: [
        { cycle: 7999, tag: 1, octets: Buffer.from([1, 2]) },
        { cycle: 8000, tag: 1, octets: Buffer.from([3]) },
      ],
    });
  });

  it.each([
    [[]],
    [{ event: "party" }],
    [{ id: -1, rcode: "complete", data: "" }],
    [{ id: 1, rcode: "perhaps", data: "" }],
    [{ id: 1, rcode: "complete", data: "0" }],
    [{ id: 1, rcode: "complete" }],
    [{ ...state, nodeIds: "all" }],
    [{ ...state, nodeIds: Array(64).fill(1) }],
    [{ ...state, nodeIds: ["1"] }],
    [{ event: "isochronous", channel: 5, packets: 1 }],
    [{ event: "isochronous", channel: 5, packets: "AAAA" }],
  ])("%j is refused", (message) => {
    expect(thrownBy(() => parse(message))).toMatchObject({ code: "link-message-invalid" });
  });

  it("that is anything else is refused, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const thrown = thrownBy(() => parseBusMessage(line));
        if (thrown !== undefined) expect(thrown).toBeInstanceOf(HomeError);
      }),
    );
  });
});
