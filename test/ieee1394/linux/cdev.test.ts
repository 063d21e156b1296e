/** The kernel's structures as its header lays them out (linux/firewire-cdev.h): octets of a little-endian machine, written by hand. */

import { describe, expect, it } from "vitest";
import { decodeCdevEvent } from "../../../gateway-core/ieee1394/linux/cdev-event.ts";
import {
  fieldsOf,
  ioctlNumber,
  packQuadlets,
  packStruct,
  placeOf,
} from "../../../gateway-core/ieee1394/linux/cdev-struct.ts";
import { rcodeOfError } from "../../../gateway-core/ieee1394/linux/linux-calls.ts";
import { decodeTopologyMap } from "../../../gateway-core/ieee1394/linux/topology-map.ts";
import { thrownBy } from "../thrown-by.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

describe("A structure of the kernel", () => {
  it("is packed field by field, and what is not given is nothing", () => {
    const request = { tcode: 5, length: 512, offset: 0xffff_f000_1000, closure: 7, generation: 200 };
    expect(hexOf(packStruct("send_request", request))).toBe(
      ["05000000", "00020000", "001000f0ffff0000", "0700000000000000", "0000000000000000", "c8000000", "00000000"].join(
        "",
      ),
    );
    const resource = { closure: 1, channels: 0x8000_0000_0000_0001n, bandwidth: 2512 };
    expect(hexOf(packStruct("allocate_iso_resource", resource))).toBe(
      "0100000000000000" + "0100000000000080" + "d0090000" + "00000000",
    );
    expect(hexOf(packStruct("start_iso", { cycle: -1, tags: 15 }))).toBe("ffffffff000000000f00000000000000");
    expect(hexOf(packQuadlets([0x0801_1000, 1]))).toBe("0010010801000000");
  });

  it("is read by its fields, those with a sign too", () => {
    const field = fieldsOf("event_iso_resource", hex("0200000000000000 04000000 03000000 f0ffffff 00000000"));
    expect([field("handle"), field("channel"), field("bandwidth")]).toEqual([3, -16, 0]);
    expect(fieldsOf("event_common", hex("0200000001000000 04000000 00000000"))("closure")).toBe(0x1_0000_0002);
  });

  it("has places for addresses, and numbers for its calls", () => {
    expect([placeOf("send_request", "data"), placeOf("get_info", "bus_reset")]).toEqual([24, 16]);
    expect([ioctlNumber("GET_INFO"), ioctlNumber("QUEUE_ISO")]).toEqual([0xc028_2300, 0xc018_2309]);
  });

  it("has no other fields, and no end before its time", () => {
    expect(thrownBy(() => packStruct("deallocate", { channel: 1 }))).toMatchObject({ code: "internal" });
    expect(thrownBy(() => fieldsOf("event_common", new Uint8Array(16))("channel"))).toMatchObject({ code: "internal" });
    const cut = () => fieldsOf("event_common", new Uint8Array(11))("type");
    expect(thrownBy(cut)).toMatchObject({ code: "frame-malformed", details: { offset: 11 } });
  });
});

describe("An event of the kernel", () => {
  it("of a bus reset tells who is where", () => {
    const octets = hex("0000000000000000 00000000 c1ff0000 c2ff0000 c0ff0000 c3ff0000 c4ff0000 07000000");
    expect(decodeCdevEvent(octets)).toEqual({
      ...{ kind: "bus-reset", nodeId: 0xffc1, localNodeId: 0xffc2, irmNodeId: 0xffc3, rootNodeId: 0xffc4 },
      generation: 7,
    });
  });

  it("of an answer has data that begin before the structure's end, where it is complete", () => {
    const octets = hex("0900000000000000 01000000 00000000 04000000 31333934");
    const answer = { kind: "response", closure: 9, rcode: "complete", data: hex("31333934") };
    expect(decodeCdevEvent(octets)).toEqual(answer);
    octets[12] = 19;
    expect(decodeCdevEvent(octets)).toEqual({ ...answer, rcode: "generation", data: new Uint8Array(0) });
    octets[12] = 99;
    expect(decodeCdevEvent(octets)).toMatchObject({ rcode: "send-error" });
    octets[12] = 16;
    expect(decodeCdevEvent(octets)).toMatchObject({ rcode: "send-error" });
  });

  it.each([
    [4, "conflict-error"],
    [5, "data-error"],
    [6, "type-error"],
    [7, "address-error"],
    [0x11, "cancelled"],
    [0x12, "busy"],
    [0x14, "no-ack"],
  ])("of an answer with response code %i is %s", (code, rcode) => {
    const octets = hex("0900000000000000 01000000 00000000 00000000");
    octets[12] = code;
    expect(decodeCdevEvent(octets)).toMatchObject({ rcode });
  });

  it("of a write to this machine tells from whom, to where, and on which card", () => {
    const octets = hex(
      `0000000000000000 06000000 01000000 000d00f0ffff0000 c1ff0000 c2ff0000 01000000 ff000000 05000000 04000000 0c20d07f`,
    );
    expect(decodeCdevEvent(octets)).toEqual({
      ...{ kind: "request", handle: 5, card: 1, generation: 255, sourceNodeId: 0xffc1, address: 0xffff_f000_0d00 },
      data: hex("0c20d07f"),
    });
    expect(thrownBy(() => decodeCdevEvent(octets.subarray(0, 51)))).toMatchObject({ code: "frame-malformed" });
  });

  it("of packets has two quadlets for each", () => {
    const headers = "01e845a0 0000e001";
    const octets = hex(`0000000000000000 03000000 05000000 08000000 ${headers}`);
    expect(decodeCdevEvent(octets)).toEqual({ kind: "isochronous", headers: hex(headers) });
  });

  it("of a reservation tells what became of it", () => {
    const rest = "02000000 05000000 d0090000";
    const told = { closure: 1, handle: 2, channel: 5, bandwidth: 2512 };
    expect(decodeCdevEvent(hex(`0100000000000000 04000000 ${rest}`))).toEqual({ kind: "allocated", ...told });
    expect(decodeCdevEvent(hex(`0100000000000000 05000000 ${rest}`))).toEqual({ kind: "deallocated", ...told });
  });

  it("that is not used here is none, and one that is cut short is an error", () => {
    expect(decodeCdevEvent(hex("0000000000000000 08000000 00000000"))).toBeUndefined();
    expect(thrownBy(() => decodeCdevEvent(new Uint8Array(8)))).toMatchObject({ code: "frame-malformed" });
  });
});

describe("What the kernel refuses to send", () => {
  it("ends as it would on the bus", () => {
    expect([-19, -5, -22, -12].map(rcodeOfError)).toEqual(["no-ack", "data-error", "type-error", "send-error"]);
  });
});

describe("A topology map", () => {
  it("tells whose link is active, and the gap count, by the first self-ID of each node", () => {
    const map = hex("0006abcd 00000009 00030004 807f8c80 8145cc5e 81c50000 8205fc56 00000000");
    expect(decodeTopologyMap(map)).toEqual({ physicalIds: [0, 1], gapCount: 63 });
  });

  it("without a node is none", () => {
    expect(decodeTopologyMap(hex("00020000 00000001 00000000"))).toBeUndefined();
    expect(decodeTopologyMap(new Uint8Array(4))).toBeUndefined();
  });
});
