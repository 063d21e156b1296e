import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, type Frame } from "../../gateway-core/echonet/frame.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { openFakeHome } from "./fake-home.ts";

describe("the gateway's own node", () => {
  const ask = async (request: Partial<Frame>): Promise<Frame[]> => {
    const home = await openFakeHome([]);
    home.lan.sent.length = 0;
    home.lan.deliver(
      "10.0.0.2",
      encodeFrame({ tid: 7, seoj: 0x0ef001, deoj: 0x0ef001, esv: "Get", properties: [], ...request }),
    );
    await home.pass(10);
    await home.close();
    return home.lan.sent.filter(({ to }) => to === "10.0.0.2").map(({ frame }) => decodeFrame(encodeFrame(frame)));
  };
  const get = (...epcs: number[]) => epcs.map((epc) => ({ epc, edt: new Uint8Array(0) }));

  it("answers a Get with TID copied, objects swapped and EPCs in order", async () => {
    const [answer] = await ask({ properties: get(0x8a, 0xd6, 0x80) });
    expect(answer).toEqual({
      tid: 7,
      seoj: 0x0ef001,
      deoj: 0x0ef001,
      esv: "Get_Res",
      properties: [
        { epc: 0x8a, edt: Uint8Array.of(0xff, 0xff, 0xff) },
        { epc: 0xd6, edt: Uint8Array.of(1, 5, 0xff, 1) },
        { epc: 0x80, edt: Uint8Array.of(0x30) },
      ],
    });
  });

  it("has the properties that the specification asks of a node profile, and the same number at every start", async () => {
    const [answer] = await ask({ properties: get(0x80, 0x82, 0x83, 0x8a, 0x9d, 0x9e, 0x9f, 0xd3, 0xd4, 0xd6, 0xd7) });
    expect(answer?.esv).toBe("Get_Res");
    expect(answer?.properties.map(({ edt }) => edt.length)).toEqual([1, 4, 17, 3, 3, 1, 12, 3, 2, 4, 3]);
    const host = fakeHost();
    const numbers: unknown[] = [];
    for (let start = 0; start < 2; start++) {
      await (await openFakeHome([], { host })).close();
      numbers.push(host.memory.values.get("echonet-own-identification"));
    }
    expect(numbers[0]).toBe(numbers[1]);
  });

  it("answers for every instance of its controller class as that instance", async () => {
    const [answer] = await ask({ seoj: 0x05ff02, deoj: 0x05ff00, properties: get(0x80) });
    expect(answer).toMatchObject({ seoj: 0x05ff01, deoj: 0x05ff02, esv: "Get_Res" });
  });

  it.each([
    ["Get", [0xd5, 0x80], "Get_SNA"],
    ["INF_REQ", [0xd5], "INF"],
    ["INF_REQ", [0xee], "INF_SNA"],
    ["INFC", [0x80], "INFC_Res"],
  ] as const)("answers %s %j by %s", async (esv, epcs, expected) => {
    const [answer] = await ask({ esv, properties: get(...epcs) });
    expect(answer?.esv).toBe(expected);
    expect(answer?.properties.map(({ epc }) => epc)).toEqual([...epcs]);
  });

  it.each([
    ["SetC", "SetC_SNA"],
    ["SetI", "SetI_SNA"],
  ] as const)("refuses %s with what was asked", async (esv, expected) => {
    const properties = [{ epc: 0x80, edt: Uint8Array.of(0x31) }];
    expect(await ask({ esv, properties })).toMatchObject([{ esv: expected, properties }]);
  });

  it("refuses the sets of a SetGet and answers its gets", async () => {
    const properties = [{ epc: 0x80, edt: Uint8Array.of(0x31) }];
    const [answer] = await ask({ esv: "SetGet", properties, properties2: get(0x80, 0xee) });
    expect(answer).toMatchObject({
      esv: "SetGet_SNA",
      properties,
      properties2: [{ edt: Uint8Array.of(0x30) }, { edt: new Uint8Array(0) }],
    });
    expect(await ask({ esv: "SetGet", properties })).toMatchObject([{ properties2: [] }]);
  });

  it("is silent to what is no request, and for objects that it has not", async () => {
    expect(await ask({ esv: "INF", properties: get(0x80) })).toEqual([]);
    expect(await ask({ deoj: 0x013001, properties: get(0x80) })).toEqual([]);
  });
});
