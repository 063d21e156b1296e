import { describe, expect, it } from "vitest";
import type { Request } from "../../gateway-core/echonet/answer.ts";
import type { Frame, Property } from "../../gateway-core/echonet/frame.ts";
import { createTransactions } from "../../gateway-core/echonet/transactions.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { lampEoj } from "./lamp-descriptor.ts";

const address = "10.0.0.2";
const { signal } = new AbortController();
const property = (epc: number, ...edt: number[]): Property => ({ epc, edt: Uint8Array.of(...edt) });
const get = (...epcs: number[]): Request => ({
  eoj: lampEoj,
  esv: "Get",
  properties: epcs.map((epc) => property(epc)),
});
const set = (...properties: Property[]): Request => ({ eoj: lampEoj, esv: "SetC", properties });

/** Transactions whose wire is in the test's hand. */
function wire() {
  const clock = new FakeClock();
  const sent: Frame[] = [];
  let tid = 0;
  const messenger = {
    freshTid: () => ++tid,
    send: (frame: Frame) => void sent.push(frame),
    multicast: () => undefined,
  };
  const transactions = createTransactions(messenger, clock, {
    firstAnswerMs: 1_000,
    longestAnswerMs: 4_000,
    mostProperties: 10,
  });
  return {
    clock,
    sent,
    ask: (request: Request, attempts = 1) =>
      transactions.exchange({ address, request, priority: "get", attempts, signal }).catch((thrown: unknown) => thrown),
    hear(esv: Frame["esv"], answered: number, properties: readonly Property[], more: Partial<Frame> = {}) {
      transactions.receive(address, { tid: answered, seoj: lampEoj, deoj: 0x05ff01, esv, properties, ...more });
    },
  };
}

describe("an answer", () => {
  it("to an earlier question is not one to the present: a late refusal refuses nothing else", async () => {
    const { clock, ask, hear } = wire();
    const first = ask(set(property(0xb0, 99)));
    await clock.advance(1_000);
    expect(await first).toMatchObject({ code: "device-silent" });
    const second = ask(set(property(0xb0, 50)));
    await clock.advance(10);
    hear("SetC_SNA", 1, [property(0xb0, 99)]);
    await clock.advance(10);
    hear("Set_Res", 2, [property(0xb0)]);
    expect(await second).toMatchObject({ refused: new Set() });
  });

  it("in several frames is one, and needs one question", async () => {
    const { clock, sent, ask, hear } = wire();
    const asking = ask(get(0x80, 0xb0, 0x88));
    await clock.advance(10);
    hear("Get_Res", 1, [property(0x80, 0x30)]);
    await clock.advance(80);
    hear("Get_SNA", 1, [property(0xb0)]);
    await clock.advance(80);
    hear("Get_Res", 1, [property(0x88, 0x42)]);
    expect(await asking).toMatchObject({
      given: new Map([
        [0x80, Uint8Array.of(0x30)],
        [0x88, Uint8Array.of(0x42)],
      ]),
      refused: new Set([0xb0]),
    });
    expect(sent).toHaveLength(1);
  });

  it("in part ends when nothing more comes", async () => {
    const { clock, ask, hear } = wire();
    const asking = ask(get(0x80, 0xb0));
    await clock.advance(10);
    hear("Get_Res", 1, [property(0x80, 0x30)]);
    await clock.advance(300);
    expect(await asking).toMatchObject({ given: new Map([[0x80, Uint8Array.of(0x30)]]), refused: new Set() });
  });

  it("is none when it is of another kind, of another object, or about something else", async () => {
    const { clock, ask, hear } = wire();
    const asking = ask(get(0x80));
    await clock.advance(10);
    hear("Set_Res", 1, [property(0x80)]);
    hear("Get_Res", 1, [property(0x80, 0x30)], { seoj: 0x013001 });
    hear("Get_Res", 1, [property(0xb0, 0x30)]);
    hear("Get_Res", 1, []);
    await clock.advance(1_000);
    expect(await asking).toMatchObject({ code: "device-silent", details: { address, attempts: 1 } });
  });

  it("may come from instance 1 when every instance was asked, and may tell more than was asked", async () => {
    const { clock, ask, hear } = wire();
    const asking = ask({ ...get(0x80), eoj: 0x029000 });
    await clock.advance(10);
    hear("Get_Res", 1, [property(0xb0, 1), property(0x80, 0x30)]);
    expect(await asking).toMatchObject({ given: new Map([[0x80, Uint8Array.of(0x30)]]) });
  });

  it("of Set_Res accepts what it leaves out; of SetC_SNA refuses what it leaves out", async () => {
    const { clock, ask, hear } = wire();
    const accepted = ask(set(property(0x80, 0x30), property(0xb0, 1)));
    await clock.advance(10);
    hear("Set_Res", 1, [property(0x80)]);
    await clock.advance(300);
    expect(await accepted).toMatchObject({ refused: new Set() });
    const refused = ask(set(property(0x80, 0x30), property(0xb0, 1), property(0xb1, 1)));
    await clock.advance(10);
    hear("SetC_SNA", 2, [property(0x80), property(0xb0, 1)]);
    await clock.advance(300);
    expect(await refused).toMatchObject({ refused: new Set([0xb0, 0xb1]) });
  });
});

describe("a question", () => {
  it("is answered by the late answer to its first attempt, and the one to its second answers nothing else", async () => {
    const { clock, sent, ask, hear } = wire();
    const first = ask(get(0x80), 2);
    await clock.advance(1_200);
    expect(sent).toHaveLength(2);
    hear("Get_Res", 1, [property(0x80, 0x30)]);
    expect(await first).toMatchObject({ given: new Map([[0x80, Uint8Array.of(0x30)]]) });
    const second = ask(get(0x80));
    await clock.advance(10);
    hear("Get_Res", 2, [property(0x80, 0x31)]);
    await clock.advance(10);
    hear("Get_Res", 3, [property(0x80, 0x32)]);
    expect(await second).toMatchObject({ given: new Map([[0x80, Uint8Array.of(0x32)]]) });
  });

  it("is asked again with a TID of its own, so that each answer tells how long it took", async () => {
    const { clock, sent, ask } = wire();
    const asking = ask(get(0x80), 3);
    await clock.advance(10_000);
    expect(await asking).toMatchObject({ code: "device-silent" });
    expect(sent.map(({ tid }) => tid)).toEqual([1, 2, 3]);
  });

  it("is answered by whichever of its attempts is answered", async () => {
    const { clock, ask, hear } = wire();
    const asking = ask(get(0x80), 2);
    await clock.advance(1_500);
    hear("Get_Res", 2, [property(0x80, 0x31)]);
    expect(await asking).toMatchObject({ given: new Map([[0x80, Uint8Array.of(0x31)]]) });
  });
});
