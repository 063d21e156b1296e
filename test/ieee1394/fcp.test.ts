/** The races of FCP: what may come before, between and after a command and its answer. */

import { describe, expect, it } from "vitest";
import { toHex } from "../../gateway-core/bytes/hex.ts";
import { decodeAvcFrame } from "../../gateway-core/ieee1394/avc/avc-frame.ts";
import { createFcp } from "../../gateway-core/ieee1394/fcp.ts";
import { createNodeDirectory } from "../../gateway-core/ieee1394/node-directory.ts";
import type { AvcFaults } from "../../simulated-home/ieee1394/avc/subunit.ts";
import type { Rcode, Request } from "../../simulated-home/ieee1394/bus-words.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { createLamp, lampGuid } from "./lamp-unit.ts";

const commandRegister = 0xffff_f000_0b00;
const status = "016842ff";
const blink = "00684501";

function rig(faults: AvcFaults = {}, latencyMs = 0) {
  const host = fakeHost();
  const { clock } = host;
  const sent: string[] = [];
  const knobs: { fault?: (request: Request) => Rcode | undefined } = {};
  const bus = createSimulatedBus({
    clock,
    latencyMs,
    fault(request, guid) {
      if (guid === lampGuid && request.address === commandRegister) sent.push(toHex(request.octets));
      return knobs.fault?.(request);
    },
  });
  const lamp = createLamp(clock, { faults });
  bus.plug(lamp);
  const client = bus.connect();
  const closing = new AbortController();
  const directory = createNodeDirectory({ bus: client, host, rediscoverMs: 60_000, signal: closing.signal });
  const fcp = createFcp({ bus: client, clock, locate: directory.locate });
  /** The response in hexadecimal, or the error's reason. */
  const ask = (hex: string, signal = new AbortController().signal): Promise<string> =>
    fcp.ask(lampGuid, decodeAvcFrame(Buffer.from(hex, "hex")), signal).then(
      ({ code, operands }) => `${code} ${toHex(operands)}`,
      ({ details }) => `silent ${details?.reason}`,
    );
  return { clock, bus, lamp, client, sent, knobs, fcp, ask };
}

describe("An AV/C command", () => {
  it("is answered", async () => {
    const { clock, ask } = rig();
    const asking = ask(status);
    await clock.advance(100);
    expect(await asking).toBe("IMPLEMENTED/STABLE 32");
  });

  it("may be answered before it is acknowledged", async () => {
    const { clock, ask } = rig({ answersFirst: true }, 5);
    const asking = ask(blink);
    await clock.advance(2_000);
    expect(await asking).toBe("ACCEPTED 01");
  });

  it("has time until it is acknowledged, and only then its timeout", async () => {
    const { clock, ask, sent } = rig({ answerMs: 5 }, 240);
    const asking = ask(blink);
    await clock.advance(20_000);
    expect([await asking, sent]).toEqual(["ACCEPTED 01", [blink]]);
  });

  it("may be answered INTERIM, and ten seconds later for good", async () => {
    const { clock, ask } = rig({ interimMs: 9_900 });
    const asking = ask(blink);
    await clock.advance(9_000);
    expect(await Promise.race([asking, "waiting"])).toBe("waiting");
    await clock.advance(1_000);
    expect(await asking).toBe("ACCEPTED 01");
  });

  it("that asks is asked three times of a silent device; one that commands is given once", async () => {
    const { clock, ask, sent } = rig({ isSilent: true });
    const asking = ask(status);
    await clock.advance(2_000);
    expect([await asking, sent]).toEqual(["silent timeout", [status, status, status]]);
    sent.length = 0;
    const commanding = ask(blink);
    await clock.advance(2_000);
    expect([await commanding, sent]).toEqual(["silent timeout", [blink]]);
  });

  it("that asks is asked again after a bus reset; one that commands is not, for it may have been obeyed", async () => {
    const { clock, ask, sent, bus, lamp } = rig({ answerMs: 50 });
    await clock.advance(100);
    const asking = ask(status);
    await clock.advance(20);
    bus.resetBus();
    await clock.advance(500);
    expect([await asking, sent]).toEqual(["IMPLEMENTED/STABLE 32", [status, status]]);
    sent.length = 0;
    const commanding = ask(blink);
    await clock.advance(20);
    bus.resetBus();
    await clock.advance(500);
    expect([await commanding, sent]).toEqual(["silent bus-reset", [blink]]);
    await clock.advance(500);
    expect(lamp.blinks).toHaveLength(1);
  });

  it("that did not reach the device is given again, whatever it is", async () => {
    const { clock, ask, sent, knobs } = rig();
    await clock.advance(100);
    knobs.fault = ({ address }) => (address === commandRegister && sent.length < 3 ? "busy" : undefined);
    const commanding = ask(blink);
    await clock.advance(500);
    expect([await commanding, sent]).toEqual(["ACCEPTED 01", [blink, blink, blink]]);
  });

  it("waits for the one before it at the same node", async () => {
    const { clock, ask, sent } = rig({ answerMs: 100 });
    const both = [ask(status), ask(blink)];
    await clock.advance(100);
    expect(sent).toEqual([status]);
    await clock.advance(300);
    expect([await Promise.all(both), sent]).toEqual([
      ["IMPLEMENTED/STABLE 32", "ACCEPTED 01"],
      [status, blink],
    ]);
  });

  it("is not answered by what another node says, nor by what was said before a reset", async () => {
    const { clock, ask, bus } = rig({ isSilent: true });
    const other = createModel({ clock, model: "mood-lamp" });
    bus.plug(other);
    await clock.advance(100);
    const asking = ask(status);
    await clock.advance(10);
    const host = bus.connect();
    const { generation, localNodeId } = host.state;
    // From this machine itself, as a stranger might.
    const forged = Buffer.from("0c684263", "hex");
    void host.write({ nodeId: localNodeId, generation }, 0xffff_f000_0d00, forged);
    await clock.advance(2_000);
    expect(await asking).toBe("silent timeout");
  });

  it("to a device that is not on the bus fails at once as absent", async () => {
    const { clock, ask, bus } = rig();
    await clock.advance(100);
    bus.unplug(lampGuid);
    const asking = ask(status);
    await clock.advance(50);
    expect(await asking).toBe("silent absent");
  });

  it("that is given up leaves nothing behind", async () => {
    const { clock, ask } = rig({ isSilent: true });
    await clock.advance(100);
    const pending = clock.pending;
    const leaving = new AbortController();
    const asking = ask(status, leaving.signal);
    await clock.advance(10);
    leaving.abort();
    await asking;
    expect(clock.pending).toBe(pending);
  });

  it("NOTIFY is promised first and told once", async () => {
    const { clock, fcp, lamp } = rig();
    await clock.advance(100);
    let changes = 0;
    const command = decodeAvcFrame(Buffer.from("036841ff", "hex"));
    const promised = fcp.notify(lampGuid, command, () => changes++, new AbortController().signal);
    await clock.advance(100);
    expect((await promised).code).toBe("INTERIM");
    expect(changes).toBe(0);
    lamp.press();
    await clock.advance(10);
    lamp.press();
    await clock.advance(10);
    expect(changes).toBe(1);
  });
});
