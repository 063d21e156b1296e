/** A box that is nothing but a panel: its keys are its control screen, and a press arrives as press and release (AV/C Panel Subunit 1.21). */

import { describe, expect, it } from "vitest";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { createAvcUnit } from "../../simulated-home/ieee1394/avc/avc-unit.ts";
import { createPanel } from "../../simulated-home/ieee1394/avc/panel.ts";
import { createBusDevice } from "../../simulated-home/ieee1394/bus-device.ts";
import { createRegisters } from "../../simulated-home/ieee1394/registers.ts";
import { writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { haviHome } from "./havi-rig.ts";

const guid = "0050c20000000b0a";
const id = `ieee1394-${guid}-panel0`;

async function panelHome() {
  const host = fakeHost();
  const { clock } = host;
  const rom = writeRom({
    guid,
    capabilities: 0x20ff_5020,
    root: [
      [0x03, 0x0050c2],
      [
        0xd1,
        [
          [0x12, 0x00a02d],
          [0x13, 0x010001],
        ],
      ],
    ],
  });
  const arrived: number[] = [];
  const panel = createPanel(new Set([0x30, 0x31, 0x44, 0x45]), () => undefined);
  const [passThrough] = panel.opcodes.values();
  const opcode = {
    ...passThrough,
    control: (operands: Uint8Array<ArrayBuffer>) => {
      arrived.push(operands[0] ?? 0);
      return passThrough?.control?.(operands);
    },
  };
  const watched = { ...panel, opcodes: new Map([[0x7c, opcode]]) };
  const unit = createAvcUnit({ clock, type: 9, company: 0x0050c2, subunits: [watched] });
  const home = await haviHome(host, [createBusDevice(guid, createRegisters({ clock, rom }), unit)]);
  return { ...home, arrived, panel };
}

describe("A box that is nothing but a panel", () => {
  it("shows the keys that it has, in their sections, and none that it lacks", async () => {
    const { deviceOf } = await panelHome();
    const page = buildPageDevice(deviceOf(id) ?? expect.fail());
    expect(page.sections.map(({ titles, items }) => [titles.en, items])).toEqual([
      ["Channel", ["power", "channelUp", "channelDown"]],
      ["Playing", ["gk:transport"]],
    ]);
    expect(page.widgets["gk:transport"]).toMatchObject({
      widget: "transport",
      keys: [
        { key: "play", action: "play" },
        { key: "stop", action: "stop" },
      ],
    });
    expect(page.compact).toEqual(["power", "channelUp", "channelDown"]);
  });

  it("is pressed and released by each key on the page", async () => {
    const { invoke, arrived, panel } = await panelHome();
    expect(await invoke(id, "play")).toBeNull();
    expect(await invoke(id, "channelUp")).toBeNull();
    expect(arrived).toEqual([0x44, 0xc4, 0x30, 0xb0]);
    expect(panel.pressed).toEqual([0x44, 0x30]);
    expect(await invoke(id, "menu")).toBe("unknown-action");
  });
});
