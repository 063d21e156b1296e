/** This machine as another HAVi controller finds it: its system elements, what they answer, and what they refuse. */

import { describe, expect, it } from "vitest";
import type { Bus } from "../../gateway-core/ieee1394/bus.ts";
import { explainHavi } from "../../gateway-core/ieee1394/havi/explain-havi.ts";
import { encodeHaviMessage, type HaviMessage } from "../../gateway-core/ieee1394/havi/havi-message.ts";
import { composeRmi } from "../../gateway-core/ieee1394/havi/rmi.ts";
import { createHaviMessenger } from "../../gateway-core/ieee1394/havi-messenger.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { createNodeDirectory } from "../../gateway-core/ieee1394/node-directory.ts";
import type { BusNode, Wire } from "../../simulated-home/ieee1394/bus-words.ts";
import { createRegisters } from "../../simulated-home/ieee1394/registers.ts";
import { writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import type { Octets } from "../../simulated-home/wire/octets.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";

type Start = (bus: Bus, host: FakeHost, signal: AbortSignal) => Promise<unknown>;

const startSession: Start = async (bus, host, signal) => {
  const session = await createIeee1394Adapter(() => bus).open({}, host, signal);
  void collect(session.discover({ signal, active: true }), []);
};

/** A HAVi node whose octets a test writes itself. */
async function bareHome(start = startSession) {
  const guid = "0050c20000000c99";
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  const rom = writeRom({
    guid,
    capabilities: 0x20ff_5020,
    root: [
      [0x03, 0x0050c2],
      [
        0xd1,
        [
          [0x12, 0x00a02d],
          [0x13, 0x010008],
        ],
      ],
    ],
  });
  const registers = createRegisters({ clock, rom });
  const got: Octets[] = [];
  let wire: Wire | undefined;
  const hostId = (): number => bus.connect().state.localNodeId;
  const node: BusNode = {
    ...{ guid, isContender: false },
    reset(next) {
      wire = next;
      registers.reset(next);
    },
    answer(request) {
      if (request.kind !== "write") return registers.answer(request);
      got.push(request.octets);
      return { rcode: "complete", data: new Uint8Array(0) };
    },
  };
  bus.plug(node);
  const leave = new AbortController();
  await start(bus.connect(), host, leave.signal);
  await clock.advance(1_000);
  const gateway = "0050c2fffe139400";
  let number = 0;
  const send = async (message: Partial<HaviMessage>): Promise<readonly ReturnType<typeof explainHavi>[]> => {
    got.length = 0;
    number = (number + 1) % 256;
    const whole: HaviMessage = {
      ...{
        tam: 0x3000_0000,
        destination: `${gateway}0002`,
        source: `${guid}0002`,
        protocol: 0,
        type: "RELIABLE",
        number,
      },
      ...{ body: new Uint8Array(), ...message },
    };
    void wire?.write(hostId(), 0xffff_f000_0b00, Uint8Array.from(encodeHaviMessage(whole)));
    await clock.advance(100);
    return got.map((frame) => explainHavi(frame));
  };
  const ask = (
    destination: string,
    api: string,
    operation: string,
    fields: Parameters<typeof composeRmi>[0]["fields"],
  ) => send({ destination: `${gateway}${destination}`, body: composeRmi({ api, operation, transaction: 77, fields }) });
  return { ...{ clock, host, guid, gateway, send, ask, got }, wire: () => wire, hostId };
}

describe("This machine, asked by another controller", () => {
  const query = { type: "SIMPLE", attribute: "DEVICE_CLASS", value: "IAV", operation: "EQU" };

  it("acknowledges, and answers its Registry as an IAV does", async () => {
    const { ask, gateway } = await bareHome();
    const [acknowledged, answered] = await ask("0002", "Registry", "GetElement", { query });
    expect(acknowledged).toMatchObject({ messageType: "RELIABLE_ACK", messageNumber: 1 });
    expect(answered).toMatchObject({
      ...{ api: "Registry", operation: "GetElement", transaction: 77, status: { error: "SUCCESS" } },
      fields: { seids: [`${gateway}0000`, `${gateway}0002`, `${gateway}0003`], isComplete: true },
    });
    const [, attributes] = await ask("0002", "Registry", "RetrieveAttributes", { seid: `${gateway}0003` });
    expect(JSON.stringify(attributes)).toContain("EVENT_MANAGER");
    const [, none] = await ask("0002", "Registry", "RetrieveAttributes", { seid: `${gateway}0999` });
    expect(none).toMatchObject({ status: { error: "IDENTIFIER" } });
  });

  it("says of its elements that they are there, and of others that they are not", async () => {
    const { ask, gateway } = await bareHome();
    const isThere = async (target: string) => (await ask("0000", "Msg", "Ping", { target }))[1]?.["fields"];
    expect(await isThere(`${gateway}0003`)).toEqual({ isThere: true });
    expect(await isThere(`${gateway}0101`)).toEqual({ isThere: true });
    expect(await isThere(`${gateway}0777`)).toEqual({ isThere: false });
  });

  it("refuses what it does not have: elements, operations, fields", async () => {
    const { ask, send, gateway } = await bareHome();
    const [nobody] = await ask("0777", "Msg", "Ping", { target: `${gateway}0003` });
    expect(nobody).toMatchObject({ messageType: "RELIABLE_NOACK", reason: "UNKNOWN_TARGET_OBJECT" });
    const [, unknown] = await ask("0002", "Registry", "UnregisterElement", { seid: `${gateway}0003` });
    expect(unknown).toMatchObject({ status: { error: "UNKNOWN_MESSAGE" } });
    const [, callback] = await ask("0101", "Registry", "GetElement", { query });
    expect(callback).toMatchObject({ status: { error: "UNKNOWN_MESSAGE" } });
    const cut = composeRmi({ api: "Registry", operation: "GetElement", transaction: 5, fields: { query } }).subarray(
      0,
      14,
    );
    expect((await send({ body: cut }))[1]).toMatchObject({ status: { error: "INVALID_PARAMETER" } });
    const event = composeRmi({
      api: "Fcm",
      operation: 0x81,
      transaction: 5,
      fields: { notificationId: 1, attribute: 1, value: "" },
    });
    expect((await send({ destination: `${gateway}0101`, body: event.subarray(0, 9) }))[1]).toMatchObject({
      status: { error: "INVALID_PARAMETER" },
    });
  });

  it("tells of a failure of its own, says it in the log, and goes on", async () => {
    const { ask, host, gateway } = await bareHome(async (bus, host, signal) => {
      const directory = createNodeDirectory({ bus, host, rediscoverMs: 60_000, signal });
      const messenger = createHaviMessenger({ bus, host, directory, signal });
      messenger.serve("0002", () => {
        throw new TypeError("it has a fault");
      });
      messenger.serve("0000", () => Uint8Array.of(1));
      void messenger.guid();
    });
    const [acknowledged, answered] = await ask("0002", "Registry", "GetElement", { query });
    expect(acknowledged).toMatchObject({ messageType: "RELIABLE_ACK" });
    expect(answered).toMatchObject({ transaction: 77, status: { error: "UNIDENTIFIED_FAILURE" } });
    expect(host.log.events("error")).toEqual(["havi-answer-failed"]);
    const [, other] = await ask("0000", "Msg", "Ping", { target: `${gateway}0003` });
    expect(other).toMatchObject({ status: { error: "SUCCESS" }, fields: { isThere: true } });
  });

  it("takes a message that comes twice once, and acknowledges it twice", async () => {
    const { send, clock } = await bareHome();
    const body = composeRmi({ api: "Registry", operation: "GetElement", transaction: 5, fields: { query } });
    const first = await send({ body, number: 200 });
    await clock.advance(2_000);
    const second = await send({ body, number: 200 });
    expect(first.map(({ messageType }) => messageType)).toEqual(["RELIABLE_ACK", "RELIABLE"]);
    expect(second.map(({ messageType }) => messageType)).toEqual(["RELIABLE_ACK"]);
  });

  it("hears nobody who speaks for another node, and takes no answer from one that was not asked", async () => {
    const { send, host } = await bareHome();
    expect(await send({ source: "08004600000000010002" })).toEqual([]);
    expect(host.log.events("warn")).toContain("havi-message-refused");
    const answer = composeRmi({
      ...{ api: "Registry", operation: "GetElement", transaction: 1, fields: { seids: [], isComplete: true } },
      status: { api: 3, error: 0 },
    });
    expect(await send({ body: answer })).toMatchObject([{ messageType: "RELIABLE_ACK" }]);
    expect(await send({ destination: "00000000000000010002" })).toEqual([]);
  });

  it("is told an event by an event manager that passes it on, and looks again", async () => {
    const { ask, clock, got, guid } = await bareHome();
    const eventId = { schema: "SYSTEM", base: "NEW_DEVICES" };
    const told = await ask("0003", "EventManager", "ForwardEvent", {
      poster: `${guid}0001`,
      eventId,
      info: { guids: [] },
    });
    await clock.advance(2_000);
    const asked = got.map((frame) => explainHavi(frame)).map(({ operation }) => operation);
    expect([...told.map(({ operation }) => operation), ...asked]).toContain("Subscribe");
  });

  it("answers no more at once than it can keep", async () => {
    const { wire, hostId, got, clock, gateway, guid } = await bareHome();
    got.length = 0;
    const body = composeRmi({ api: "Registry", operation: "GetElement", transaction: 5, fields: { query } });
    for (let number = 0; number < 250; number++) {
      const message: HaviMessage = {
        ...{ tam: 0x3000_0000, destination: `${gateway}0002`, source: `${guid}0002`, protocol: 0, type: "RELIABLE" },
        ...{ number, body },
      };
      void wire()?.write(hostId(), 0xffff_f000_0b00, Uint8Array.from(encodeHaviMessage(message)));
    }
    await clock.advance(200);
    const told = got.map((frame) => explainHavi(frame));
    expect(told.filter(({ reason }) => reason === "SYSTEM_OVERFLOW").length).toBeGreaterThan(100);
  });
});
